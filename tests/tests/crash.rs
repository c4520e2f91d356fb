//! The power goes away a hundred times under eight writers: what was acknowledged is there, once, and the chain holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use holdpoint_domain::session::{ClientCommand, Record, SessionId};
use holdpoint_domain::wire::SendCommand;
use holdpoint_tests::{Client, DriverError, Folder, Options, Result, TestProxy};
use uuid::Uuid;

const KILLS: usize = 100;
const WRITERS: usize = 8;
/// Another one can be given in `HOLDPOINT_CRASH_SEED`.
const SEED: u64 = 0x5eed_0f40_1d90_1472;

/// A small generator, so that a run can be repeated. (The moments of the kills are repeated; what the system does is not.)
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// One who writes, and remembers what was acknowledged.
struct Writer {
    number: usize,
    client: Client,
    session: SessionId,
    random: Random,
    /// Commands with the events that were acknowledged for them.
    acknowledged: Vec<(Uuid, Vec<Record>)>,
    /// A command whose answer never came. It is sent again first, as the page's outbox does.
    unanswered: Option<SendCommand>,
    refused: usize,
}

impl Writer {
    fn next(&mut self) -> SendCommand {
        let step = "checks/a-person-looked".to_owned();
        let command = match self.random.below(8) {
            0 | 1 => ClientCommand::Tick { step },
            2 | 3 => ClientCommand::Untick {
                step,
                reason: "To be looked at again.".to_owned(),
            },
            _ => ClientCommand::AddNote {
                step: None,
                text: format!("Writer {} says {}.", self.number, self.random.below(1_000_000)),
                written: None,
            },
        };
        SendCommand {
            id: Uuid::new_v4(),
            actor: format!("Writer {}", self.number),
            command,
        }
    }

    async fn write(mut self, stop: Arc<AtomicBool>) -> Result<Self> {
        while !stop.load(Ordering::Relaxed) {
            self.write_one().await?;
        }
        Ok(self)
    }

    async fn write_one(&mut self) -> Result<()> {
        let command = match self.unanswered.take() {
            Some(command) => command,
            None => self.next(),
        };
        match self.client.send(self.session, &command).await {
            Ok(accepted) => self.acknowledged.push((command.id, accepted.events)),
            // Two writers tick the same step, so that a rule refuses one of them now and then.
            Err(DriverError::Refused { status: 409, .. }) => self.refused += 1,
            Err(DriverError::Http(_)) => {
                self.unanswered = Some(command);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            // A proxy that is killed in the middle of its answer leaves half of one.
            Err(DriverError::Unexpected { .. }) => self.unanswered = Some(command),
            Err(other) => return Err(other),
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_acknowledged_is_there_once() -> Result<()> {
    let given = std::env::var("HOLDPOINT_CRASH_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let seed: u64 = given.unwrap_or(SEED);
    println!("seed {seed}");
    let began = Instant::now();
    let folder = Folder::new("http://127.0.0.1:9")?;
    let mut proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
    let client = proxy.sign_in().await?;
    let mut sessions = Vec::new();
    for _ in 0..WRITERS / 2 {
        sessions.push(client.begin("demo", "checks", "test").await?);
    }
    let mut random = Random(seed);
    let mut writers: Vec<Writer> = (0..WRITERS)
        .map(|number| Writer {
            number,
            client: client.clone(),
            session: sessions[number / 2],
            random: Random(seed ^ (number as u64 + 1)),
            acknowledged: Vec::new(),
            unanswered: None,
            refused: 0,
        })
        .collect();

    let mut in_the_middle = 0;
    for _ in 0..KILLS {
        let stop = Arc::new(AtomicBool::new(false));
        let tasks: Vec<_> = writers
            .drain(..)
            .map(|writer| tokio::spawn(writer.write(Arc::clone(&stop))))
            .collect();
        tokio::time::sleep(Duration::from_micros(2_000 + random.below(120_000))).await;
        proxy.kill9()?;
        stop.store(true, Ordering::Relaxed);
        for task in tasks {
            writers.push(task.await.expect("a writer does not panic")?);
        }
        in_the_middle += writers.iter().filter(|writer| writer.unanswered.is_some()).count();
        proxy.restart().await?;
    }
    // What had no answer is sent once more, and has one now.
    for writer in &mut writers {
        while writer.unanswered.is_some() {
            writer.write_one().await?;
        }
    }

    let mut events = 0;
    for session in sessions {
        events += check(
            &client,
            session,
            writers.iter().filter(|writer| writer.session == session),
        )
        .await?;
    }
    let acknowledged: usize = writers.iter().map(|writer| writer.acknowledged.len()).sum();
    let refused: usize = writers.iter().map(|writer| writer.refused).sum();
    println!(
        "{KILLS} kills, {acknowledged} acknowledged, {refused} refused, {in_the_middle} caught without an answer, \
         {events} events, {:.1} s",
        began.elapsed().as_secs_f64()
    );
    assert!(
        acknowledged > KILLS && in_the_middle > KILLS / 2,
        "the kills came while something was written"
    );
    Ok(())
}

/// Everything that the writers were told is in the log, once, as they were told; and the log is whole.
async fn check<'a>(client: &Client, session: SessionId, writers: impl Iterator<Item = &'a Writer>) -> Result<usize> {
    let events = client.events(session, 0).await?;
    assert_eq!(client.history(session).await?.broken_chain(), None);
    let mut by_command: BTreeMap<Uuid, Vec<&Record>> = BTreeMap::new();
    for record in &events {
        by_command.entry(record.command).or_default().push(record);
    }
    let mut told = BTreeSet::new();
    for (command, acknowledged) in writers.flat_map(|writer| &writer.acknowledged) {
        assert!(told.insert(*command), "a writer counts each command once");
        let there = by_command.get(command).map(Vec::as_slice).unwrap_or_default();
        assert!(
            there.iter().copied().eq(acknowledged),
            "{command}: told {acknowledged:?}, there is {there:?}"
        );
    }
    // What is there was asked for: the start, and what a writer was told of in the end.
    let unasked: Vec<_> = by_command.keys().filter(|command| !told.contains(command)).collect();
    assert_eq!(unasked, [&events[0].command]);
    Ok(events.len())
}
