//! Exports of random logs: none fails, each is the same each time, and every byte that is changed is found.

use std::io::Cursor;

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Actor, Annotation, DrillMark, Event, Record, SessionOutcome, State, TickedBy};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::*;
use super::any_annotation::annotation;
use super::log::{begun, closed, note, ran, records, rolled_back, started, ticked};
use super::schema::schema_says;
use super::{export, linked_session};
use crate::tally::Tally;

/// Something that can happen, of which a log is made.
#[derive(Clone, Debug)]
enum Happening {
    Note(String),
    Ran(Outcome, String),
    Seen(Outcome, String),
    Ticked,
    TakenBack(String),
    LeftOut(String),
    Filled(String, String),
    Cautioned(String),
    Annotated(Annotation),
}

fn happening() -> impl Strategy<Value = Happening> {
    let outcome = || prop_oneof![Just(Outcome::Pass), Just(Outcome::Fail), Just(Outcome::Inconclusive)];
    prop_oneof![
        any::<String>().prop_map(Happening::Note),
        (outcome(), any::<String>()).prop_map(|(outcome, output)| Happening::Ran(outcome, output)),
        (outcome(), any::<String>()).prop_map(|(outcome, output)| Happening::Seen(outcome, output)),
        Just(Happening::Ticked),
        any::<String>().prop_map(Happening::TakenBack),
        any::<String>().prop_map(Happening::LeftOut),
        (any::<String>(), any::<String>()).prop_map(|(field, value)| Happening::Filled(field, value)),
        any::<String>().prop_map(Happening::Cautioned),
        annotation().prop_map(Happening::Annotated),
    ]
}

/// A log with a chain that holds.
pub fn any_log() -> impl Strategy<Value = Vec<Record>> {
    let ended = proptest::option::of((any::<bool>(), any::<String>()));
    let some = proptest::collection::vec(happening(), 0..24);
    let drill = proptest::option::of(proptest::option::of(any::<String>()));
    (some, ended, any::<bool>(), any::<String>(), drill).prop_map(|(some, ended, decides, name, drill)| {
        let mut one = started();
        one.rehearsal = drill.is_some();
        one.drill = drill.map(|title| DrillMark {
            title,
            commitment: None,
        });
        one.gates.values_mut().for_each(|gate| gate.direct_decides = decides);
        one.captain.clone_from(&name);
        let mut events = vec![begun(one)];
        for (number, happening) in some.into_iter().enumerate() {
            events.extend(events_of(number as u128 + 1, happening));
        }
        if let Some((back, summary)) = ended {
            events.extend(back.then(rolled_back));
            let outcome = if back {
                SessionOutcome::RolledBack
            } else {
                SessionOutcome::Abandoned
            };
            events.push(closed(outcome, &summary));
        }
        let mut log = records(events);
        // The name of whoever did it is sealed with the rest.
        for place in 0..log.len() {
            log[place].actor = Actor::Person { name: name.clone() };
            let prev = match place {
                0 => holdpoint_domain::session::GENESIS.to_owned(),
                _ => log[place - 1].hash.clone(),
            };
            holdpoint_domain::session::seal(&mut log[place], &prev).expect("a record can be written");
        }
        log
    })
}

fn events_of(number: u128, happening: Happening) -> Vec<Event> {
    let (step, gate) = ("release/verify".to_owned(), "contract".to_owned());
    match happening {
        Happening::Note(text) => vec![note(&text)],
        Happening::Ran(outcome, output) => {
            let mut events = ran(number, outcome);
            for event in &mut events {
                if let Event::GateFinished { verdict, .. } = event {
                    verdict.output.clone_from(&output);
                    verdict.output_bytes = output.len() as u64;
                    verdict.checks[0].observed.clone_from(&output);
                    verdict.request.clone_from(&output);
                }
            }
            events
        }
        Happening::Seen(outcome, output) => {
            let mut verdict = super::log::verdict(outcome);
            verdict.output = output;
            vec![Event::GateObserved {
                observation: Uuid::from_u128(1000 + number),
                step,
                gate,
                verdict,
            }]
        }
        Happening::Ticked => vec![
            ticked("freeze"),
            Event::StepTicked {
                step,
                by: TickedBy::Gate {
                    run: Uuid::from_u128(number),
                },
            },
        ],
        Happening::TakenBack(reason) => vec![Event::StepUnticked { step, reason }],
        Happening::LeftOut(reason) => vec![Event::StepSkipped { step, reason }],
        Happening::Filled(field, value) => vec![Event::ValueFilled { step, field, value }],
        Happening::Annotated(annotation) => vec![Event::Annotated { annotation }],
        Happening::Cautioned(reason) => vec![Event::ProceededWithCaution {
            step,
            gate,
            run: Uuid::from_u128(number),
            reason,
        }],
    }
}

fn bytes(log: &[Record], linked: &LinkedSessions, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    let folded = Folded::of(&log).expect("it has a start");
    write_export(&mut out, &log, &folded, 1, linked.clone(), format).expect("exports");
    out
}

fn archive(log: &[Record]) -> Vec<u8> {
    bytes(log, &LinkedSessions::default(), Format::Zip)
}

fn verify_bytes(archive: &[u8]) -> Result<VerifiedArchive, VerifyError> {
    verify_archive(Cursor::new(archive), &Default::default()).expect("memory can be read")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_is_written_and_the_same_each_time(log in any_log()) {
        for format in Format::ALL {
            let none = LinkedSessions::default();
            prop_assert_eq!(bytes(&log, &none, format), bytes(&log, &none, format), "{:?}", format);
        }
        let json = export(&log, 1, LinkedSessions::default(), Format::Json).expect("exports");
        let verified = verify(&json).expect("untouched");
        prop_assert_eq!(verified.events, log.len() as u64);
        prop_assert!(verified.otherwise_made.is_empty());
        let file: Value = serde_json::from_str(&json).expect("is JSON");
        prop_assert_eq!(schema_says(&file), Vec::<String>::new());
        let events: Vec<Record> = serde_json::from_value(file["events"].clone()).expect("records");
        prop_assert_eq!(events, log.clone());
        let table = export(&log, 1, LinkedSessions::default(), Format::Csv).expect("exports");
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        prop_assert_eq!(rows.records().filter(Result::is_ok).count(), log.len());
    }

    #[test]
    fn what_is_kept_of_a_log_answers_as_all_of_it(log in any_log()) {
        let (kept, all) = (Folded::of(&&*log).expect("it has a start").state, State::fold(&log));
        prop_assert_eq!(Tally::of(&kept), Tally::of(&all));
        prop_assert_eq!(kept.standing(), all.standing());
        prop_assert_eq!(kept.on_browsers_word(), all.on_browsers_word());
        prop_assert_eq!(kept.by_old_declaration(), all.by_old_declaration());
        prop_assert_eq!(&kept.holds, &all.holds);
        prop_assert!(kept.notes.is_empty());
        let outputs = kept.runs.iter().filter_map(|run| run.verdict.as_ref()).filter(|one| !one.output.is_empty());
        prop_assert_eq!(outputs.count(), 0);
    }

    #[test]
    fn a_byte_of_json_that_is_changed_is_found(log in any_log(), at in any::<prop::sample::Index>(), with in 1_u8..) {
        let honest = export(&log, 1, LinkedSessions::default(), Format::Json).expect("exports");
        let mut forged = honest.clone().into_bytes();
        let place = at.index(forged.len());
        forged[place] ^= with;
        let found = verify_from(&*forged, &Default::default()).expect("memory can be read");
        // White space between two tokens says nothing, whatever it is.
        let says_the_same = serde_json::from_slice::<Value>(&forged).ok() == serde_json::from_str(&honest).ok();
        match found {
            Ok(verified) => prop_assert!(says_the_same || !verified.otherwise_made.is_empty(), "byte {} of {}", place, honest),
            Err(error) => {
                prop_assert!(!says_the_same, "{}", error);
                let line = honest[..honest.floor_char_boundary(place)].matches('\n').count();
                let first = honest.lines().position(|line| line.starts_with("  \"events\"")).expect("they are there") + 1;
                // An event stands in a line of its own, and is the one that is named.
                if (first..first + log.len()).contains(&line) && with != b'\n' ^ b',' {
                    let named = format!("vent {}", line - first + 1);
                    let after = format!("vent {}", line - first + 2);
                    let told = error.to_string();
                    prop_assert!(told.contains(&named) || told.contains(&after), "{} is not {}", told, named);
                }
            }
        }
    }

    #[test]
    fn a_byte_of_an_archive_that_is_changed_is_found(log in any_log(), at in any::<prop::sample::Index>(), with in 1_u8..) {
        let honest = archive(&log);
        prop_assert_eq!(verify_bytes(&honest).expect("untouched").log.events, log.len() as u64);
        let mut forged = honest.clone();
        let place = at.index(forged.len());
        forged[place] ^= with;
        prop_assert!(verify_bytes(&forged).is_err(), "byte {} of {}", place, honest.len());
    }

    #[test]
    fn an_archive_that_was_cut_off_is_no_whole_one(log in any_log(), at in any::<prop::sample::Index>()) {
        let honest = archive(&log);
        prop_assert!(verify_bytes(&honest[..at.index(honest.len())]).is_err());
    }
}

#[test]
fn the_schema_knows_what_stands_where() {
    let (log, linked) = whole_story();
    let honest: Value = serde_json::from_slice(&bytes(&log, &linked, Format::Json)).expect("is JSON");
    assert_eq!(schema_says(&honest), Vec::<String>::new());
    for (place, value) in [
        ("/note", json!("added")),
        ("/version", json!(2)),
        ("/summary/signed", json!(true)),
        ("/summary/standing", json!("fine")),
        ("/head/hash", json!("x")),
        ("/linked/undone_by/known/done", json!(-1)),
        ("/events/0/event/production", json!("yes")),
        ("/events/0/event/procedure/steps/0/gates", json!(null)),
        ("/events/1/approved", json!(null)),
        ("/events/3/event/verdict/outcome", json!("passed")),
        ("/events/3/event/verdict/signed", json!(true)),
        ("/events/3/event/type", json!("gate_ended")),
        ("/events", json!([])),
    ] {
        let mut file = honest.clone();
        let (parent, name) = place.rsplit_once('/').expect("a path");
        file.pointer_mut(parent).expect("it is there")[name] = value;
        assert!(!schema_says(&file).is_empty(), "{place}");
    }
}

/// The name of each member, and where its packed bytes are.
fn members(archive: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let count = zip.len();
    let place = |index| {
        let member = zip.by_index(index).expect("a member");
        let start = usize::try_from(member.data_start().expect("its place")).expect("small");
        let size = usize::try_from(member.compressed_size()).expect("small");
        (member.name().expect("text").into_owned(), start..start + size)
    };
    (0..count).map(place).collect()
}

fn whole_story() -> (Vec<Record>, LinkedSessions) {
    let mut events = vec![begun(started()), note("=1+1 ../../etc")];
    events.extend(ran(1, Outcome::Fail));
    events.extend([rolled_back(), closed(SessionOutcome::RolledBack, "Undone.")]);
    let mut back = started();
    back.undoes = Some(Uuid::from_u128(7));
    let rollback = super::log::records_of(99, [begun(back), ticked("freeze")]);
    let linked = LinkedSessions {
        undoes: None,
        undone_by: Some(linked_session(99, Some(rollback))),
    };
    (records(events), linked)
}

#[test]
fn an_archive_has_everything_and_names_the_member_that_was_altered() {
    let (log, linked) = whole_story();
    let honest = bytes(&log, &linked, Format::Zip);
    let members = members(&honest);
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "report.md",
            "report.html",
            "log.json",
            "log.csv",
            "linked/rollback.json",
            "gates/0000004-contract-fail.txt",
            "MANIFEST"
        ]
    );
    assert_eq!(verify_bytes(&honest).expect("untouched").members, 6);
    let mut zip = zip::ZipArchive::new(Cursor::new(&honest)).expect("an archive");
    for (name, format) in [
        ("report.md", Format::Md),
        ("report.html", Format::Html),
        ("log.json", Format::Json),
        ("log.csv", Format::Csv),
    ] {
        let text = std::io::read_to_string(zip.by_name(name).expect("a member")).expect("text");
        assert_eq!(text.as_bytes(), bytes(&log, &linked, format), "{name}");
    }
    let rollback = std::io::read_to_string(zip.by_name("linked/rollback.json").expect("a member")).expect("text");
    assert_eq!(verify(&rollback).expect("an export of its own").events, 2);
    for (name, place) in &members {
        for at in [place.start, place.start + place.len() / 2] {
            let mut forged = honest.clone();
            forged[at] ^= 0x10;
            let error = verify_bytes(&forged).expect_err(name).to_string();
            assert!(error.contains(&format!("“{name}”")), "{name}: {error}");
        }
    }
}

#[test]
fn a_member_that_is_added_taken_out_or_written_anew_is_named() {
    let (log, linked) = whole_story();
    let honest = bytes(&log, &linked, Format::Zip);
    let rebuilt = |change: &dyn Fn(&str, String) -> Option<String>, added: Option<&str>| {
        use std::io::Write;
        let mut zip = zip::ZipArchive::new(Cursor::new(&honest)).expect("an archive");
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for index in 0..zip.len() {
            let member = zip.by_index(index).expect("a member");
            let name = member.name().expect("text").into_owned();
            let text = std::io::read_to_string(member).expect("text");
            if let Some(text) = change(&name, text) {
                out.start_file(&*name, options).expect("a member");
                out.write_all(text.as_bytes()).expect("memory");
            }
        }
        if let Some(name) = added {
            out.start_file(name, options).expect("a member");
        }
        let archive = out.finish().expect("an archive").into_inner();
        verify_bytes(&archive).expect_err("was altered").to_string()
    };
    let same = |_: &str, text: String| Some(text);
    let said = rebuilt(&same, Some("notes.txt"));
    assert!(
        said.starts_with("The member “notes.txt” of the archive is not in its MANIFEST"),
        "{said}"
    );
    let said = rebuilt(&|name, text| (name != "log.csv").then_some(text), None);
    assert!(
        said.starts_with("The member “log.csv”, which the MANIFEST names, is not in"),
        "{said}"
    );
    let said = rebuilt(
        &|name, text| Some(text + if name == "report.md" { "!" } else { "" }),
        None,
    );
    assert!(
        said.starts_with("The member “report.md” of the archive was altered"),
        "{said}"
    );
    let said = rebuilt(&|name, text| (name != "MANIFEST").then_some(text), None);
    assert!(said.contains("no Holdpoint export"), "{said}");
    // Packed anew, with nothing changed in it.
    let said = rebuilt(&same, None);
    assert!(said.starts_with("The archive was altered around its members"), "{said}");
}

#[test]
fn a_gates_name_leads_to_no_other_folder() {
    let log: Vec<Record> = records([begun(started()), note("x")].into_iter().chain(
        ran(1, Outcome::Pass).into_iter().map(|event| match event {
            Event::GateFinished { run, step, verdict, .. } => Event::GateFinished {
                run,
                step,
                gate: "../../etc/passwd\0\\C:".to_owned(),
                verdict,
            },
            other => other,
        }),
    ));
    let names = members(&archive(&log));
    assert_eq!(names[4].0, "gates/0000004-______etc_passwd__C_-pass.txt");
}

/// A log that cannot be read to its end any more, once it was read.
struct Breaking {
    log: Vec<Record>,
    reads: std::sync::atomic::AtomicUsize,
}

impl Log for Breaking {
    fn records(&self) -> Records<'_> {
        let first = self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
        let whole = self.log.iter().cloned().map(Ok);
        match first {
            true => Box::new(whole),
            false => Box::new(whole.take(3).chain([Err("the disk is gone".into())])),
        }
    }
}

#[test]
fn what_breaks_off_is_an_error_and_no_whole_file() {
    let (log, linked) = whole_story();
    for format in Format::ALL {
        let log = Breaking {
            log: log.clone(),
            reads: 0.into(),
        };
        let folded = Folded::of(&log).expect("it is read once");
        let mut out = Vec::new();
        let error = write_export(&mut out, &log, &folded, 1, linked.clone(), format).expect_err("it breaks off");
        assert_eq!(
            error.to_string(),
            "The log could not be read: the disk is gone",
            "{format:?}"
        );
        match format {
            Format::Json => {
                let said = verify(&String::from_utf8(out).expect("text"))
                    .expect_err("cut off")
                    .to_string();
                assert!(said.contains("it is not whole, and ends in event 4"), "{said}");
            }
            Format::Zip => assert!(verify_bytes(&out).is_err()),
            Format::Html => assert!(!String::from_utf8(out).expect("text").contains("</html>")),
            Format::Md => assert!(!String::from_utf8(out).expect("text").contains("## Proof")),
            // Each row says how many there are.
            Format::Csv => assert!(String::from_utf8(out).expect("text").lines().count() <= log.log.len()),
        }
    }
}

#[test]
fn a_long_timeline_is_one_table_of_the_page() {
    let notes = (0..1000).map(|number| note(&format!("note {number} <tbody> </tbody>")));
    let log = records([begun(started())].into_iter().chain(notes));
    let page = export(&log, 1, LinkedSessions::default(), Format::Html).expect("exports");
    let timeline = page
        .split("<h2>Timeline (UTC)</h2>")
        .nth(1)
        .and_then(|rest| rest.split("<h2>").next());
    let timeline = timeline.expect("it has a timeline");
    for (tag, count) in [
        ("<table>", 1),
        ("</table>", 1),
        ("<tbody>", 1),
        ("</tbody>", 1),
        ("<th>", 6),
        ("<td>", 6 * log.len()),
    ] {
        assert_eq!(timeline.matches(tag).count(), count, "{tag}");
    }
    assert!(timeline.contains("note 0 &lt;tbody&gt;") && timeline.contains("note 999 &lt;tbody&gt;"));
}

#[test]
fn the_page_asks_for_nothing() {
    let (log, linked) = whole_story();
    let page = String::from_utf8(bytes(&log, &linked, Format::Html)).expect("text");
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    // Neither the name of a namespace nor what is in the page itself is asked for.
    let page = page
        .replace("xmlns=\"http://www.w3.org/2000/svg\"", "")
        .replace("url(#", "")
        .replace("href=\"#", "");
    for asks in [
        "=\"http",
        "src=",
        "href=",
        "url(",
        "@import",
        "<link",
        "<script",
        "<img",
        "<iframe",
        "http-equiv=\"refresh",
    ] {
        assert!(!page.contains(asks), "{asks}");
    }
}
