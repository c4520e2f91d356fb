//! Evidence in exports: all of it, and none that ends its fence or its cell.

use holdpoint_domain::gate::{OUTPUT_KEPT, Outcome};
use holdpoint_domain::session::{Actor, Event, Record};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event as Markdown, Options, Parser, Tag, TagEnd};

use super::super::*;
use super::log::{begun, ran, records, started};
use super::{exported, log};

const FIRST: &str = "ERROR: relation “queue_job” has 2 signatures\nof 1 expected";

/// A session whose gate failed with this output, and passed afterwards.
fn failed_then_passed(output: &str, bytes: u64) -> Vec<Record> {
    let mut events = vec![begun(started())];
    events.extend(ran(1, Outcome::Fail));
    for event in &mut events {
        if let Event::GateFinished { verdict, .. } = event {
            verdict.output = output.to_owned();
            verdict.output_bytes = bytes;
            verdict.attempts = 3;
            verdict.finished = log::noon();
            verdict.started = log::noon() - chrono::TimeDelta::milliseconds(1250);
        }
    }
    events.extend(ran(2, Outcome::Pass));
    records(events)
}

/// What the blocks of code of a report hold, and its headings.
fn blocks(report: &str) -> (Vec<String>, Vec<String>) {
    let (mut codes, mut headings) = (Vec::new(), Vec::new());
    let mut within: Option<(bool, String)> = None;
    for event in Parser::new_ext(report, Options::ENABLE_TABLES) {
        match event {
            Markdown::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => within = Some((true, String::new())),
            Markdown::Start(Tag::Heading { .. }) => within = Some((false, String::new())),
            Markdown::Text(text) | Markdown::Code(text) => {
                if let Some((_, into)) = &mut within {
                    into.push_str(&text);
                }
            }
            Markdown::End(TagEnd::CodeBlock | TagEnd::Heading(_)) => match within.take() {
                Some((true, text)) => codes.push(text),
                Some((false, text)) => headings.push(text),
                None => {}
            },
            _ => {}
        }
    }
    (codes, headings)
}

#[test]
fn what_a_gate_said_when_it_failed_stays_in_every_export_after_it_passed() {
    let log = failed_then_passed(FIRST, 5000);
    let report = exported(&log, Format::Md);
    for part in [
        "### Event 3: The contract gate, FAIL",
        "Step VERIFY. Asked by the proxy, 2025-11-20 11:59:58 UTC to 2025-11-20 12:00:00 UTC (1.250 s), attempts: 3.",
        "```text\nGET https://api.example/health\n```",
        "| Status | 200 | 503 | FAIL |",
        "ERROR: relation “queue_job” has 2 signatures\nof 1 expected\n```",
        &format!("Output, {} bytes kept of 5000:", FIRST.len()),
        "### Event 6: The contract gate, PASS",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    let page = exported(&log, Format::Html);
    for part in [
        "<details open id=\"event-3\" class=\"fail\">",
        "<summary><h3>Event 3: The contract gate, FAIL</h3>",
        "<pre><code class=\"language-text\">ERROR: relation “queue_job” has 2 signatures\nof 1 expected\n</code></pre>",
        "<details id=\"event-6\" class=\"pass\">",
    ] {
        assert!(page.contains(part), "{part:?} is missing in\n{page}");
    }
    let table = exported(&log, Format::Csv);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let names = rows.headers().expect("a head").clone();
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), log.len());
    let cell = |row: usize, name: &str| {
        let column = names.iter().position(|one| one == name).expect(name);
        rows[row][column].to_owned()
    };
    assert_eq!(cell(2, "output"), FIRST);
    assert_eq!(cell(2, "output size"), format!("{} bytes kept of 5000", FIRST.len()));
    assert_eq!(cell(2, "request"), "GET https://api.example/health");
    assert_eq!(cell(2, "expectations"), "FAIL Status: expected 200, observed 503");
    assert_eq!(cell(2, "asked (UTC)"), "2025-11-20 11:59:58.750");
    assert_eq!(
        (cell(2, "seconds"), cell(2, "attempts")),
        ("1.250".to_owned(), "3".to_owned())
    );
    assert_eq!(cell(1, "output size"), "", "a start has no evidence");
    assert_eq!(cell(5, "verdict"), "pass");
}

/// A run that was cancelled after 90 seconds, by this person and for this reason.
fn cancelled(actor: Actor, why: &str, digest: &str) -> Vec<Record> {
    let mut one = started();
    let gate = one.gates.get_mut("contract").expect("it is declared");
    // As in a log from before declarations had digests, where the verdict names none.
    gate.digest = (!digest.is_empty()).then(|| "d".repeat(64));
    gate.asks = vec![holdpoint_domain::gate::DeclaredLine {
        label: "Request".to_owned(),
        text: "GET {base}/health".to_owned(),
    }];
    let mut events = vec![(0, begun(one))];
    events.extend(
        ran(1, Outcome::Inconclusive)
            .into_iter()
            .take(2)
            .zip([0, 90])
            .map(|(event, at)| (at, event)),
    );
    if let Event::GateFinished { verdict, .. } = &mut events[2].1 {
        verdict.attempts = 0;
        (verdict.summary, verdict.gate_digest) = (why.to_owned(), digest.to_owned());
        verdict.finished = log::noon() + chrono::TimeDelta::seconds(90);
        verdict.request.clear();
        verdict.checks.clear();
    }
    let mut records = log::timed(7, events);
    records[2].actor = actor;
    records
}

#[test]
fn a_run_that_was_cancelled_says_so_when_by_whom_and_what_it_was_asking() {
    let ada = || Actor::Person { name: "Ada".to_owned() };
    let digest = "d".repeat(64);
    let ends = "Started at 2025-11-20 12:00:00 UTC, ended at 2025-11-20 12:01:30 UTC after 90.000 s, before there was an answer.";
    let asking = "What it was asking, as it is declared:\n\n```text\nRequest: GET {base}/health\n```\n";
    for (actor, why, digest, said, asks) in [
        (
            ada(),
            "Cancelled by Ada.",
            digest.as_str(),
            format!("{ends} Cancelled by Ada.\n\n"),
            true,
        ),
        (
            ada(),
            "Cancelled, because the session was closed.",
            &digest,
            format!("{ends} Cancelled, because the session was closed. By Ada."),
            true,
        ),
        (
            Actor::Proxy,
            "Interrupted.",
            &digest,
            format!("{ends} Interrupted.\n\n"),
            true,
        ),
        // Another declaration was asked than the log has.
        (
            ada(),
            "Cancelled by Ada.",
            "other",
            format!("{ends} Cancelled by Ada.\n\n"),
            false,
        ),
        // Nothing says which declaration was asked.
        (
            ada(),
            "Cancelled by Ada.",
            "",
            format!("{ends} Cancelled by Ada.\n\n"),
            false,
        ),
    ] {
        let report = exported(&cancelled(actor, why, digest), Format::Md);
        assert!(report.contains(&said), "{said}\n{report}");
        assert_eq!(report.contains(asking), asks, "{report}");
        assert!(
            !report.contains("attempts: 0") && !report.contains("Output: none"),
            "{report}"
        );
    }
}

#[test]
fn verdicts_of_the_page_have_a_colour_and_their_word_and_what_people_write_has_none() {
    let mut events = vec![begun(started()), log::note("PASS"), log::note("FAIL")];
    events.extend(ran(1, Outcome::Fail));
    events.extend(ran(2, Outcome::Inconclusive));
    events.extend(ran(3, Outcome::Pass));
    let page = exported(&records(events), Format::Html);
    for (word, class) in [("PASS", "pass"), ("FAIL", "fail"), ("INCONCLUSIVE", "inconclusive")] {
        // Once in the timeline, and once among the evidence's expectations.
        let marked = format!("<td><strong class=\"{class}\">{word}</strong></td>");
        assert_eq!(page.matches(&marked).count(), 2, "{marked}\n{page}");
        assert!(page.contains(&format!(", {word}</h3>")), "{page}");
    }
    assert!(
        page.contains("<td>PASS</td>") && page.contains("<td>FAIL</td>"),
        "{page}"
    );
}

#[test]
fn the_page_is_made_for_dark_screens_and_for_narrow_ones() {
    let page = exported(&failed_then_passed(FIRST, 5000), Format::Html);
    assert!(
        page.contains("color-scheme:light dark") && page.contains("@media (prefers-color-scheme:dark)"),
        "{page}"
    );
    assert_eq!(
        page.matches("aria-label=\"Table\">\n<table>").count(),
        page.matches("<table>").count()
    );
    assert_eq!(
        page.matches("</table>\n</div>").count(),
        page.matches("</table>").count()
    );
    assert!(page.contains(".table{overflow-x:auto"), "{page}");
    // A time stays in one line, and a heading with what it is of, on paper, too.
    assert!(
        page.contains("<td><span class=\"time\">2025-11-20 12:00:00</span></td>"),
        "{page}"
    );
    assert!(
        page.contains(".time{white-space:nowrap}") && page.contains("h1,h2,h3{break-after:avoid}"),
        "{page}"
    );
}

#[test]
fn every_time_outside_a_table_that_names_it_has_its_zone() {
    let mut events = vec![begun(started())];
    events.extend(ran(1, Outcome::Fail));
    events.push(log::closed(holdpoint_domain::session::SessionOutcome::Abandoned, ""));
    let report = exported(&records(events), Format::Md);
    let mut zone_above = false;
    for line in report.lines() {
        if line.contains("(UTC)") {
            zone_above = true;
        } else if !line.starts_with('|') {
            zone_above = false;
        }
        let times = line.matches("2025-11-20 12:00:00").count();
        let zoned = line.matches("2025-11-20 12:00:00 UTC").count();
        assert!(zone_above || times == zoned, "{line}");
    }
    assert!(
        report.contains("| Closed | 2025-11-20 12:00:00 UTC |") && report.contains("| Status | given up |"),
        "{report}"
    );
    assert!(
        report.contains("| Session: closed: given up |") && !report.contains("abandoned"),
        "{report}"
    );
}

#[test]
fn more_output_than_a_verdict_keeps_is_bounded_and_said() {
    let long = "ä".repeat(OUTPUT_KEPT);
    let log = failed_then_passed(&long, long.len() as u64);
    let said = format!(
        "{} bytes, the last {} of them left out here: they are in the JSON export",
        long.len(),
        long.len() - OUTPUT_KEPT
    );
    for format in [Format::Md, Format::Html, Format::Csv] {
        let text = exported(&log, format);
        assert!(text.contains(&said), "{said}");
        assert_eq!(text.matches('ä').count(), OUTPUT_KEPT / 2);
    }
}

/// Texts made of what Markdown, HTML and CSV are made of.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("```".to_owned()),
        Just("````\n".to_owned()),
        Just("~~~\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\r".to_owned()),
        Just("\"".to_owned()),
        Just(",".to_owned()),
        Just("=1+1".to_owned()),
        Just("\n# Head\n".to_owned()),
        Just("| a | b |\n| --- | --- |\n".to_owned()),
        Just("</code></pre></details><script>alert(1)</script>".to_owned()),
        Just("<!--".to_owned()),
        Just("    ".to_owned()),
        Just("\u{0}\u{1b}[2J\u{7}".to_owned()),
        "`{0,12}",
        "\\PC{0,8}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_output_ends_its_fence_or_its_cell(output in hostile()) {
        let log = failed_then_passed(&output, output.len() as u64);
        let kept = fence::plain(&output);
        let (codes, headings) = blocks(&exported(&log, Format::Md));
        let (usual_codes, usual_headings) = blocks(&exported(&failed_then_passed("x", 1), Format::Md));
        prop_assert_eq!(headings, usual_headings);
        if kept.is_empty() {
            prop_assert_eq!(codes.len(), usual_codes.len() - 1);
        } else {
            let end = if kept.ends_with('\n') { "" } else { "\n" };
            prop_assert_eq!(codes.len(), usual_codes.len());
            prop_assert_eq!(&codes[1], &format!("{kept}{end}"));
        }

        let page = exported(&log, Format::Html);
        let usual = exported(&failed_then_passed("x", 1), Format::Html);
        for tag in ["<script", "<details", "</details>", "<summary>", "<h1", "<h2", "<h3", "<table", "<!--"] {
            prop_assert_eq!(page.matches(tag).count(), usual.matches(tag).count(), "{}", tag);
        }

        let table = exported(&log, Format::Csv);
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let names = rows.headers().expect("a head").clone();
        let column = |name: &str| names.iter().position(|one| one == name).expect("a column");
        let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("as many cells as the head")).collect();
        prop_assert_eq!(rows.len(), log.len());
        prop_assert_eq!(&rows[2][column("output")], table::neutral(&kept));
        prop_assert_eq!(&rows[2][column("hash")], &log[2].hash);
    }
}
