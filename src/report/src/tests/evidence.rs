//! Evidence in exports: all of it, and none that ends its fence or its cell.

use holdpoint_domain::gate::{OUTPUT_KEPT, Outcome};
use holdpoint_domain::session::{Event, Record};
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
        "Step VERIFY. Asked by the proxy, 2025-11-20 11:59:58 to 2025-11-20 12:00:00 UTC (1.250 s), attempts: 3.",
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
        "<details open id=\"event-3\">",
        "<summary><h3>Event 3: The contract gate, FAIL</h3>",
        "<pre><code class=\"language-text\">ERROR: relation “queue_job” has 2 signatures\nof 1 expected\n</code></pre>",
        "<details id=\"event-6\">",
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
fn hostile() -> impl Strategy<Value = String> {
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
        let column = rows.headers().expect("a head").iter().position(|name| name == "output").expect("a column");
        let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("as many cells as the head")).collect();
        prop_assert_eq!(rows.len(), log.len());
        prop_assert_eq!(&rows[2][column], table::neutral(&kept));
        prop_assert_eq!(&rows[2][rows[2].len() - 1], &log[2].hash);
    }
}
