//! A team's own reports: what a template may do, what is wrong with one, and that nothing that people typed becomes markup.

use holdpoint_domain::gate::Outcome;
use holdpoint_domain::session::{Annotation, Event, SessionOutcome};
use proptest::prelude::*;

use super::super::*;
use super::evidence::hostile;
use super::held;
use super::log::{begun, closed, note, ran, records, rolled_back, started};

const SHIPPED: &str = include_str!("../../../../runbooks/templates/summary.md");

fn made(file: &str, source: &str, log: &[holdpoint_domain::session::Record]) -> TemplateExport {
    let kind = if file.ends_with("html") {
        TemplateKind::Html
    } else {
        TemplateKind::Md
    };
    let template = ReportTemplate::new(file, source).map_err(|error| (kind, error));
    export_by_template(
        &log,
        &Folded::of(&log).expect("it is a log"),
        1,
        LinkedSessions::default(),
        template,
    )
    .expect("it is a log")
}

#[test]
fn the_shipped_template_is_filled_and_says_what_is_not_written() {
    let log = records(
        held(|_| {})
            .into_iter()
            .chain([closed(SessionOutcome::Abandoned, "Given up.")]),
    );
    let told = made("summary.md", SHIPPED, &log);
    assert_eq!((told.format, told.problem), (Format::Md, None));
    for part in [
        "# 2025-11-20-01: Golden release procedure v1.4.2\n",
        "| Severity | SEV-3 (suggested",
        "| Ended | 2025-11-20 12:00:00 UTC |",
        "## Impact on users\n\nNot written yet.\n\n## Root cause\n",
        "> **GIVEN UP.** Status: given up, with 1 of 2 steps done.\n",
        "## Root cause\n\nNot written yet.\n",
        "| 2025-11-20 12:00:00 UTC | Ada | The contract gate: failed | FAIL |",
    ] {
        assert!(told.text.contains(part), "{part:?} is missing in\n{}", told.text);
    }
}

#[test]
fn what_is_wrong_with_a_template_is_told_with_its_line() {
    let log = records([begun(started())]);
    for (source, problem) in [
        ("a\n{{ report.id", "short.md, line 2: syntax error: "),
        (
            "a\nb\n{{ reprot.id }}",
            "short.md, line 3: there is no “reprot”; there are report, ",
        ),
        (
            "{% for x in timeline %}\n{{ x.nothing }}\n{% endfor %}",
            "short.md, line 2: undefined value",
        ),
        ("{{ report.id | nonsense }}", "short.md, line 1: unknown filter: "),
        ("{% include 'other.md' %}", "short.md, line 1: "),
        ("{% extends 'other.md' %}", "short.md, line 1: "),
        (
            "{% for a in range(9000) %}\n{% for b in range(9000) %}{{ b }}{% endfor %}{% endfor %}",
            "short.md, line 2: ",
        ),
    ] {
        let told = made("short.md", source, &log);
        let said = told.problem.expect(source).to_string();
        assert!(said.starts_with(problem), "{said}\nshould begin with {problem}");
        assert!(told.text.starts_with("> **TEMPLATE NOT USED.** "), "{}", told.text);
        assert!(told.text.contains("# Incident report 2025-11-20-01"), "{}", told.text);
        let page = made("short.html", source, &log);
        assert!(
            page.text.contains("<strong>TEMPLATE NOT USED.</strong>"),
            "{}",
            page.text
        );
        assert_eq!(page.format, Format::Html);
    }
    for (file, source) in [
        ("short.txt", ""),
        (".md", ""),
        ("x.md", &*"x".repeat(TEMPLATE_LIMIT + 1)),
    ] {
        assert!(ReportTemplate::new(file, source).is_err(), "{file}");
    }
}

#[test]
fn no_mark_of_a_template_lets_markup_through() {
    let log = records([begun(started()), note("<b>x</b> | **y**")]);
    for source in [
        "{{ timeline[1].detail }}",
        "{{ timeline[1].detail | safe }}",
        "{% autoescape false %}{{ timeline[1].detail }}{% endautoescape %}",
        "{{ [timeline[1].detail] }}",
    ] {
        let page = made("short.html", source, &log);
        assert_eq!(page.problem, None);
        assert!(!page.text.contains("<b>"), "{source}: {}", page.text);
        let report = made("short.md", source, &log);
        assert!(
            !report.text.contains("<b>") && !report.text.contains("**y"),
            "{source}: {}",
            report.text
        );
    }
}

#[test]
fn no_template_leaves_out_what_no_report_may() {
    let mut drill = started();
    drill.rehearsal = true;
    let mut events = vec![begun(drill), note("x")];
    events.push(rolled_back());
    let log = records(events);
    let plain = made("short.md", "# Short", &log).text;
    assert!(
        plain.starts_with("> **REHEARSAL.** ") && plain.ends_with("\n\n# Short"),
        "{plain}"
    );
    assert!(
        plain.contains("> **NOT CLOSED.** Status: rollback started, with 0 of 2 steps done."),
        "{plain}"
    );
    assert!(plain.contains("> **HOW THE ROLLBACK WENT IS NOT KNOWN.** "), "{plain}");
    for (source, before) in [
        (
            "<!doctype html><html><!-- <body> --><bodyx><body class=\"x\"><p>Short</p>",
            "<body class=\"x\">\n",
        ),
        ("<!DOCTYPE html><p>Short</p>", "<!DOCTYPE html>\n"),
        ("<p>Short</p>", "\n"),
    ] {
        let page = made("short.html", source, &log).text;
        let notice = format!("{before}<blockquote>\n<p><strong>REHEARSAL.</strong> ");
        assert!(page.contains(&notice) && page.ends_with("<p>Short</p>"), "{page}");
    }
}

#[test]
fn a_template_is_not_filled_with_more_events_than_memory_has_room_for() {
    let log = records([begun(started())]);
    let template = ReportTemplate::new("short.md", "{{ report.id }}").map_err(|error| (TemplateKind::Md, error));
    let mut folded = Folded::of(&log).expect("it is a log");
    for (events, used) in [(20_000, true), (20_001, false)] {
        folded.head.seq = events;
        let told = export_by_template(&log, &folded, 1, LinkedSessions::default(), template.clone());
        let told = told.expect("it is a log");
        assert_eq!(told.problem.is_none(), used, "{:?}", told.problem);
        assert_eq!(
            told.text.contains("short.md: the session has 20001 events"),
            !used,
            "{}",
            told.text
        );
    }
}

#[test]
fn the_shipped_template_tells_what_happened_beside_what_is_said_of_it() {
    let caption = "Nothing to see.".to_owned();
    let annotation = Annotation::Star { seq: 2, caption };
    let star = Event::Annotated { annotation };
    let told = made(
        "summary.md",
        SHIPPED,
        &records([begun(started()), note("All is down."), star]),
    );
    assert!(
        told.text.contains("| All is down. Starred: Nothing to see. |"),
        "{}",
        told.text
    );
}

proptest! {
    #[test]
    fn what_people_typed_stays_text_in_a_template(text in hostile()) {
        let of = |text: &str| {
            let mut events = vec![begun(started()), note(text)];
            events.extend(ran(1, Outcome::Fail));
            events.push(closed(SessionOutcome::Abandoned, text));
            records(events)
        };
        let source = "<p title=\"{{ report.closing_words }}\">{% for one in timeline %}<i>{{ one.detail }}</i>{% endfor %}</p>";
        let (told, usual) = (made("short.html", source, &of(&text)), made("short.html", source, &of("x")));
        prop_assert_eq!(told.problem, None);
        for mark in ["<", ">", "\""] {
            prop_assert_eq!(told.text.matches(mark).count(), usual.text.matches(mark).count());
        }
        let (told, usual) = (made("summary.md", SHIPPED, &of(&text)), made("summary.md", SHIPPED, &of("x")));
        prop_assert_eq!(told.problem, None);
        prop_assert_eq!(told.text.lines().count(), usual.text.lines().count());
    }
}

#[test]
fn a_text_of_several_lines_keeps_them_and_stays_text() {
    let text = "Withdrawals failed.\n\n- 12 users\n1. all\n===".to_owned();
    let impact = Event::Annotated {
        annotation: Annotation::Impact { text },
    };
    let told = made("summary.md", SHIPPED, &records([begun(started()), impact]));
    let part = "Withdrawals failed.\n\n\\- 12 users\n\n1\\. all\n\n\\===\n\n## Root cause";
    assert!(told.text.contains(part), "{}", told.text);
}

/// Whatever a template says of a session, how that stands is said above it.
#[test]
fn no_template_may_leave_out_how_a_session_stands() {
    let skipped = Event::StepSkipped {
        step: "release/verify".to_owned(),
        reason: "no time".to_owned(),
    };
    for (events, notice) in [
        (
            held(|_| {}),
            "> **ON HOLD.** Status: on hold, with 1 of 2 steps done.\n",
        ),
        (
            vec![begun(started()), rolled_back(), closed(SessionOutcome::RolledBack, "")],
            "> **CLOSED AS ROLLED BACK.** Status: closed as rolled back, with 0 of 2 steps done.\n",
        ),
        (
            vec![begun(started()), skipped, closed(SessionOutcome::Completed, "")],
            "> **STEPS LEFT OUT.** VERIFY.\n",
        ),
    ] {
        let told = made("short.md", "All went well.", &records(events)).text;
        assert!(told.contains(notice) && told.ends_with("\nAll went well."), "{told}");
    }
    let smooth = records([begun(started()), closed(SessionOutcome::Completed, "")]);
    assert_eq!(made("short.md", "All went well.", &smooth).text, "All went well.");
}

#[test]
fn what_would_fail_at_an_export_is_found_before() {
    let check = |source: &str| ReportTemplate::new("short.md", source).expect(source).check();
    for (source, problem) in [
        (
            "a\n{{ report.nonsense }}",
            "short.md, line 2: undefined value. This is so with a session with everything in it.",
        ),
        (
            "{% for one in timeline %}\n{{ one.nonsense }}{% endfor %}",
            "short.md, line 2: undefined value. This is so with a session with everything in it.",
        ),
        (
            "{{ post_mortem.severity.level }}",
            "short.md, line 1: undefined value. This is so with a session that has just begun.",
        ),
    ] {
        let said = check(source).expect_err(source).to_string();
        assert_eq!(said, problem);
    }
    assert_eq!(
        ReportTemplate::new("summary.md", SHIPPED).expect("it is read").check(),
        Ok(())
    );
}

/// What a template is tried with has the names that a session has.
#[test]
fn the_sessions_that_a_template_is_tried_with_have_every_name() {
    let log = records([begun(started()), note("x")]);
    let folded = Folded::of(&log).expect("it is a log");
    let header = folded.header(1);
    let linked = &LinkedSessions::default();
    let told = crate::told::Told {
        log: &log,
        folded: &folded,
        header: &header,
        linked,
    };
    let made = crate::template::context(&told).expect("it is made");
    for sample in [crate::template_sample::full(), crate::template_sample::bare()] {
        for place in ["", "/report", "/post_mortem", "/timeline/0", "/linked", "/head"] {
            let names = |value: &serde_json::Value| -> Vec<String> {
                let object = value.pointer(place).and_then(serde_json::Value::as_object);
                let mut names: Vec<String> = object.expect(place).keys().cloned().collect();
                names.sort();
                names
            };
            assert_eq!(names(&sample), names(&made), "{place}");
        }
    }
}
