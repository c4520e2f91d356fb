use chrono::TimeDelta;
use holdpoint_domain::session::{Annotation, ClientCommand, SessionOutcome, Started};
use holdpoint_reader::read;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::state::session::RowStatus;

const RUNBOOK: &str = "# Shop\n\n## Release\n<!-- holdpoint: procedure id=release order=sequential -->\n\n1. One\n2. Two\n   - [ ] Inner\n3. Three\n4. Four\n";

/// The proxy's side: what it recorded, and the rules by which it records more.
struct Proxy {
    records: Vec<Record>,
    state: State,
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::seconds(seconds)
}

fn ada() -> Actor {
    Actor::Person { name: "Ada".to_owned() }
}

impl Proxy {
    fn start() -> Self {
        let book = read("shop", RUNBOOK);
        let started = Started {
            runbook: "shop".to_owned(),
            runbook_title: book.title.clone(),
            digest: "d".repeat(64),
            text: RUNBOOK.to_owned(),
            procedure: std::sync::Arc::new(book.procedures[0].clone()),
            rollbacks: Vec::new(),
            symptoms: Vec::new(),
            environment: "shop".to_owned(),
            environment_title: "Shop".to_owned(),
            production: false,
            rehearsal: false,
            drill: None,
            version: "v1".to_owned(),
            git_sha: "a1b2c3d".to_owned(),
            captain: "Ada".to_owned(),
            undoes: None,
            variables: Default::default(),
            gates: Default::default(),
        };
        let mut proxy = Self {
            records: Vec::new(),
            state: State::default(),
        };
        let command = Command::Start(Box::new(started));
        proxy.carry_out(Uuid::from_u128(1), &command).expect("it starts");
        proxy
    }

    /// Decides and records. The hashes go on from each other, and are none of any content.
    fn carry_out(&mut self, id: CommandId, command: &Command) -> Option<Vec<Record>> {
        let now = at(self.records.len() as i64 + 100);
        let events = decide(&self.state, command, now).ok()?;
        let from = self.records.len();
        for event in events {
            let seq = self.records.len() as u64 + 1;
            let record = Record {
                v: 1,
                session: Uuid::nil(),
                seq,
                at: now,
                actor: ada(),
                command: id,
                event,
                prev: format!("h{}", seq - 1),
                hash: format!("h{seq}"),
            };
            self.state.apply(&record);
            self.records.push(record);
        }
        Some(self.records[from..].to_vec())
    }

    fn accept(&mut self, request: &SendCommand) -> Option<Vec<Record>> {
        self.carry_out(request.id, &Command::Client(request.command.clone()))
    }

    fn step(&self, index: usize) -> StepId {
        self.state.procedure.as_ref().expect("a procedure").in_order()[index]
            .id
            .clone()
    }
}

fn ask(id: u128, command: ClientCommand) -> SendCommand {
    SendCommand {
        id: Uuid::from_u128(id),
        actor: "Ada".to_owned(),
        command,
    }
}

fn following(proxy: &Proxy) -> Fold {
    let mut fold = Fold::default();
    assert!(!fold.receive(proxy.records.clone(), &[], at(0)).other_log);
    fold
}

#[test]
fn a_tick_is_shown_as_being_sent_until_the_proxy_recorded_it_and_then_with_the_proxys_time() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    let step = proxy.step(0);
    let tick = ask(2, ClientCommand::Tick { step: step.clone() });
    let Touched::Steps(touched) = fold.follow(std::slice::from_ref(&tick), at(5)) else {
        panic!("a tick touches few steps")
    };
    assert!(touched.contains(&step) && touched.len() < 4, "{touched:?}");
    let row = fold.row(&step).expect("a row");
    assert_eq!((row.status(), row.step.at), (RowStatus::Sending, Some(at(5))));
    assert_eq!(fold.confirmed().progress().0, 0);

    let records = proxy.accept(&tick).expect("it is accepted");
    let recorded = records[0].at;
    let received = fold.receive(records, std::slice::from_ref(&tick), at(6));
    assert!(
        matches!(received.touched, Touched::Steps(_)),
        "nothing is predicted again"
    );
    let row = fold.row(&step).expect("a row");
    assert_eq!((row.status().word(), row.step.at), ("done", Some(recorded)));
    // The answer comes after the stream said the same.
    assert_eq!(fold.follow(&[], at(7)), Touched::Steps(Vec::new()));
    assert_eq!(fold.shown(), &proxy.state);
}

#[test]
fn what_the_proxy_refused_is_taken_back() {
    let proxy = Proxy::start();
    let mut fold = following(&proxy);
    let ticks = [0, 1].map(|index| {
        ask(
            index + 2,
            ClientCommand::Tick {
                step: proxy.step(index as usize),
            },
        )
    });
    fold.follow(&ticks, at(5));
    assert!(fold.shown().is_done(&proxy.step(0)));
    assert_eq!(fold.follow(&ticks[1..], at(6)), Touched::All);
    assert_eq!(
        fold.shown(),
        fold.confirmed(),
        "the second tick is out of its turn without the first"
    );
}

#[test]
fn what_somebody_else_did_in_the_meantime_takes_nothing_away() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    let tick = ask(2, ClientCommand::Tick { step: proxy.step(0) });
    fold.follow(std::slice::from_ref(&tick), at(5));
    let note = ask(
        3,
        ClientCommand::AddNote {
            step: None,
            text: "seen".to_owned(),
            written: None,
        },
    );
    let records = proxy.accept(&note).expect("it is accepted");
    fold.receive(records, std::slice::from_ref(&tick), at(6));
    assert!(fold.shown().is_done(&proxy.step(0)) && !fold.confirmed().is_done(&proxy.step(0)));
    assert_eq!(fold.shown().notes.len(), 1);
}

#[test]
fn a_note_is_shown_once_and_when_it_is_recorded() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    let note = ask(
        2,
        ClientCommand::AddNote {
            step: None,
            text: "seen".to_owned(),
            written: None,
        },
    );
    fold.follow(std::slice::from_ref(&note), at(5));
    assert!(fold.shown().notes.is_empty());
    let records = proxy.accept(&note).expect("it is accepted");
    fold.receive(records, std::slice::from_ref(&note), at(6));
    fold.follow(&[], at(7));
    assert_eq!(fold.shown().notes.len(), 1);
}

/// Of two that replace each other, the later is shown while it waits, whatever became of the earlier.
#[test]
fn what_was_written_last_is_shown_while_it_waits_to_be_sent() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    let write = |id, text: &str| {
        let annotation = Annotation::Impact { text: text.to_owned() };
        ask(id, ClientCommand::Annotate { annotation })
    };
    let (first, second) = (write(2, "a guess"), write(3, "what was so"));
    let shown = |fold: &Fold| {
        let impact = fold.shown().annotations.impact.as_ref();
        impact.map(|impact| impact.value.clone())
    };
    fold.follow(&[first.clone(), second.clone()], at(1));
    assert_eq!(shown(&fold).as_deref(), Some("what was so"));
    let recorded = proxy.accept(&first).expect("it is taken");
    fold.receive(recorded, std::slice::from_ref(&second), at(2));
    assert_eq!(shown(&fold).as_deref(), Some("what was so"));
    let recorded = proxy.accept(&second).expect("it is taken");
    fold.receive(recorded, &[], at(3));
    assert_eq!(fold.shown().annotations, proxy.state.annotations);
}

#[test]
fn events_wait_for_those_before_them_and_those_of_another_log_are_not_taken() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    // The second step's sub-step comes before it.
    for (id, index) in [(2, 0), (3, 1), (4, 3)] {
        proxy
            .accept(&ask(
                id,
                ClientCommand::Tick {
                    step: proxy.step(index),
                },
            ))
            .expect("in turn");
    }
    let [second, third] = [1, 2].map(|at| proxy.records[at].clone());
    assert!(fold.receive(vec![third.clone()], &[], at(0)).applied.is_empty());
    assert_eq!(fold.records().len(), 1);
    fold.receive(vec![second.clone(), second], &[], at(0));
    assert_eq!(fold.records().len(), 3);
    let mut other = proxy.records[3].clone();
    other.prev = "another".to_owned();
    assert!(fold.receive(vec![other], &[], at(0)).other_log);
    assert_eq!(fold.records().len(), 3);
}

#[test]
fn what_is_on_its_way_when_a_session_is_opened_is_shown() {
    let proxy = Proxy::start();
    let tick = ask(2, ClientCommand::Tick { step: proxy.step(0) });
    let pending = std::slice::from_ref(&tick);
    let mut opened = Fold::default();
    opened.receive(proxy.records.clone(), pending, at(5));
    // The outbox may be read before the session is.
    let mut early = Fold::default();
    early.follow(pending, at(5));
    early.receive(proxy.records.clone(), pending, at(5));
    for fold in [opened, early] {
        assert_eq!(
            fold.row(&proxy.step(0)).map(|row| row.status()),
            Some(RowStatus::Sending)
        );
    }
}

#[test]
fn a_tick_that_was_answered_stays_while_its_event_waits_for_one_in_front_of_it() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    let tick = ask(2, ClientCommand::Tick { step: proxy.step(0) });
    fold.follow(std::slice::from_ref(&tick), at(5));
    proxy
        .accept(&ask(
            3,
            ClientCommand::AddNote {
                step: None,
                text: "seen".to_owned(),
                written: None,
            },
        ))
        .expect("accepted");
    let answer = proxy.accept(&tick).expect("accepted");
    fold.receive(answer, &[], at(6));
    assert_eq!(
        fold.row(&proxy.step(0)).map(|row| row.status()),
        Some(RowStatus::Sending)
    );
    fold.receive(proxy.records.clone(), &[], at(7));
    assert_eq!(fold.shown(), &proxy.state);
    assert_eq!(fold.row(&proxy.step(0)).map(|row| row.status().word()), Some("done"));
}

#[test]
fn what_the_rules_refused_here_is_tried_again_when_others_have_made_it_possible() {
    let mut proxy = Proxy::start();
    let mut fold = following(&proxy);
    let second = ask(2, ClientCommand::Tick { step: proxy.step(1) });
    fold.follow(std::slice::from_ref(&second), at(5));
    assert!(!fold.shown().is_done(&proxy.step(1)), "it is not its turn");
    let first = ask(3, ClientCommand::Tick { step: proxy.step(0) });
    let records = proxy.accept(&first).expect("accepted");
    fold.receive(records, std::slice::from_ref(&second), at(6));
    assert!(fold.shown().is_done(&proxy.step(1)));
}

#[test]
fn a_tick_that_is_being_taken_back_is_shown_as_on_its_way() {
    let mut proxy = Proxy::start();
    proxy
        .accept(&ask(2, ClientCommand::Tick { step: proxy.step(0) }))
        .expect("accepted");
    let mut fold = following(&proxy);
    let back = ask(
        3,
        ClientCommand::Untick {
            step: proxy.step(0),
            reason: "too soon".to_owned(),
        },
    );
    fold.follow(std::slice::from_ref(&back), at(5));
    assert_eq!(
        fold.row(&proxy.step(0)).map(|row| row.status()),
        Some(RowStatus::Sending)
    );
}

fn command(kind: u8, step: StepId) -> ClientCommand {
    let reason = "because".to_owned();
    match kind {
        0..4 => ClientCommand::Tick { step },
        4 => ClientCommand::Untick { step, reason },
        5 => ClientCommand::AddNote {
            step: Some(step),
            text: reason,
            written: None,
        },
        6 => ClientCommand::StartTimer { step, seconds: 60 },
        _ => ClientCommand::Close {
            outcome: SessionOutcome::Abandoned,
            summary: reason,
        },
    }
}

fn shows_as_done(fold: &Fold, request: &SendCommand) -> bool {
    matches!(&request.command, ClientCommand::Tick { step } if fold.shown().is_done(step))
}

proptest! {
    /// However commands, answers and the stream interleave: what is on screen is what the proxy recorded, and when nothing is
    /// on its way any more, nothing else.
    #[test]
    fn what_is_shown_is_what_is_recorded_and_what_is_on_its_way(
        moves in prop::collection::vec((0..4_u8, 0..8_u8, 0..5_usize), 1..40)
    ) {
        let mut proxy = Proxy::start();
        let mut fold = following(&proxy);
        let mut pending: Vec<SendCommand> = Vec::new();
        let mut heard = proxy.records.len();
        for (id, (what, kind, index)) in (10..).zip(moves) {
            let step = proxy.step(index);
            match what {
                // This browser asks.
                0 => {
                    pending.push(ask(id, command(kind, step)));
                    fold.follow(&pending, at(1));
                }
                // Somebody else does.
                1 => drop(proxy.accept(&ask(id, command(kind.min(6), step)))),
                // The stream says what was recorded.
                2 => {
                    let records = proxy.records[heard..].to_vec();
                    heard = proxy.records.len();
                    prop_assert!(!fold.receive(records, &pending, at(1)).other_log);
                }
                // The proxy answers the first command.
                _ if !pending.is_empty() => {
                    let first = pending.remove(0);
                    let was_shown = shows_as_done(&fold, &first);
                    let answer = proxy.accept(&first);
                    let accepted = answer.is_some();
                    fold.receive(answer.unwrap_or_default(), &pending, at(1));
                    fold.follow(&pending, at(1));
                    prop_assert!(!(accepted && was_shown) || shows_as_done(&fold, &first));
                }
                _ => {}
            }
            let recorded = fold.records().len();
            prop_assert_eq!(fold.confirmed(), &State::fold(&proxy.records[..recorded]));
        }
        let records = proxy.records[heard..].to_vec();
        fold.receive(records, &pending, at(2));
        fold.follow(&[], at(2));
        prop_assert_eq!(fold.shown(), &proxy.state);
        prop_assert_eq!(fold.shown(), fold.confirmed());
    }
}
