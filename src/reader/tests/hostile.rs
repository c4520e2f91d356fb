//! Hostile input: read to the end, in linear time, with a remark where there is something to say.

#![expect(
    clippy::disallowed_methods,
    reason = "the rules keep time out of the crate, not out of its tests"
)]

mod common;

use std::time::{Duration, Instant};

use holdpoint_domain::runbook::{Runbook, Severity};
use holdpoint_reader::{outline, read, read_bytes};

/// Reads, renders, copies, serialises and drops: everything that could recurse too deep.
fn survive(text: &str) -> Runbook {
    let runbook = read("hostile.md", text);
    assert!(!outline(&runbook).to_text().is_empty());
    let copy = runbook.clone();
    let json = serde_json::to_string(&copy).expect("a runbook is plain data");
    assert_eq!(serde_json::from_str::<Runbook>(&json).expect("and reads back"), runbook);
    runbook
}

fn remarks<'a>(runbook: &'a Runbook, about: &str) -> Vec<&'a str> {
    runbook
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .filter(|message| message.contains(about))
        .collect()
}

#[test]
fn ten_thousand_nested_quotes_are_flattened_with_one_remark() {
    let runbook = survive(&format!("{}deep down\n", "> ".repeat(10_000)));
    assert_eq!(remarks(&runbook, "nested").len(), 1);
    assert!(common::all_text(&runbook).contains("deep down"));
}

#[test]
fn deep_nesting_of_every_kind_keeps_its_text() {
    let lists: String = (0..300)
        .map(|depth| format!("{}- item {depth}\n", "  ".repeat(depth)))
        .collect();
    let ordered: String = (0..200)
        .map(|depth| format!("{}1. item {depth}\n", "   ".repeat(depth)))
        .collect();
    let emphasis = format!("{}inmost{}", "*a **b ".repeat(200), " y** x*".repeat(200));
    let mixed = format!("{}- [ ] inmost\n", "> - ".repeat(400));
    for text in [lists, format!("## Release\n\n{ordered}"), emphasis, mixed] {
        let runbook = survive(&text);
        let kept = common::all_text(&runbook);
        assert!(
            kept.contains("inmost") || kept.contains("item 199"),
            "{}",
            &kept[..kept.len().min(300)]
        );
        assert_eq!(remarks(&runbook, "nested").len(), 1, "{}", &text[..60]);
    }
}

#[test]
fn whatever_is_left_open_is_closed_by_the_end() {
    for open in [
        "```sh\ncode",
        "<!-- holdpoint: gate=x",
        "<div>\n<script>",
        "[link](",
        "**bold",
        "| a | b |\n|--",
        "> - 1. `x",
        "~~~\n```\n",
    ] {
        let runbook = survive(&format!("## Release\n\n1. Go\n\n{open}"));
        assert_eq!(runbook.procedures.len(), 1, "{open}");
    }
}

#[test]
fn nul_and_broken_utf8_are_replaced_and_told_with_their_place() {
    let nul = read("n.md", "# T\n\nä\0b\n");
    assert!(common::all_text(&nul).contains("ä\u{FFFD}b"));
    let found = &nul.diagnostics[0];
    assert_eq!(
        (found.place.line, found.place.column, found.severity),
        (3, 2, Severity::Error)
    );

    let broken = read_bytes("b.md", b"# T\n\nab\xffc\n");
    assert!(common::all_text(&broken).contains("ab\u{FFFD}c"));
    let found = &broken.diagnostics[0];
    assert_eq!(
        (found.place.line, found.place.column, found.severity),
        (3, 3, Severity::Error)
    );
}

#[test]
fn raw_html_is_text_and_comments_are_known_as_such() {
    use holdpoint_domain::runbook::{Block, Inline};
    let runbook = read(
        "h.md",
        "<script>alert(1)</script>\n\n<!-- note -->\n\na <b onclick=x>b</b>\n",
    );
    let [
        Block::Html { comment: false, text },
        Block::Html { comment: true, .. },
        Block::Paragraph { content },
    ] = &runbook.blocks[..]
    else {
        panic!("{:?}", runbook.blocks)
    };
    assert!(text.starts_with("<script>"));
    assert!(
        content
            .iter()
            .any(|inline| matches!(inline, Inline::Html { comment: false, text } if text.contains("onclick")))
    );
}

#[test]
fn no_spelling_of_a_forbidden_scheme_becomes_a_link() {
    use holdpoint_domain::runbook::{Block, Inline};
    for target in [
        "javascript:x",
        "JAVASCRIPT:x",
        "<java&#9;script:x>",
        "&#106;avascript:x",
        "data:text/html,x",
        "vbscript:x",
        "<\u{1}javascript:x>",
        "file:///etc",
    ] {
        let runbook = read("l.md", &format!("[x]({target})\n"));
        let Some(Block::Paragraph { content }) = runbook.blocks.first() else {
            panic!("{target}: {:?}", runbook.blocks)
        };
        assert!(
            !content.iter().any(|inline| matches!(inline, Inline::Link { .. })),
            "{target}: {content:?}"
        );
    }
    for target in [
        "https://a.example",
        "HTTP://a.example",
        "mailto:a@b.example",
        "other.md#x",
        "/path",
        "../a:b/c?d:e",
        "?q=a:b",
    ] {
        let runbook = read("l.md", &format!("[x]({target})\n"));
        let linked =
            matches!(&runbook.blocks[..], [Block::Paragraph { content }] if matches!(content[0], Inline::Link { .. }));
        assert!(linked, "{target}: {:?}", runbook.blocks);
        assert!(runbook.diagnostics.is_empty(), "{target}: {:?}", runbook.diagnostics);
    }
}

#[test]
fn millions_of_mistakes_make_some_hundred_remarks() {
    let runbook = read("m.md", &"[x](javascript:y) ".repeat(50_000));
    assert!(runbook.diagnostics.len() <= 501, "{}", runbook.diagnostics.len());
    assert!(!remarks(&runbook, "left out").is_empty());
}

/// Patterns that punish a reader that looks at anything twice.
const PATTERNS: [(&str, &str); 48] = [
    ("headings", "## Release\n\n"),
    ("equal steps", "- [ ] Look\n"),
    ("ordered steps", "## Release\n\n1. Look\n2. Again\n\n"),
    ("step headings", "### Step 1: Go\n\nText.\n\n"),
    ("rollbacks", "## Rollback\n\n1. Go [x](#release)\n\n"),
    ("comments", "<!-- holdpoint: gate=a -->\n"),
    ("inline comments", "a <!-- holdpoint: gate=a --> "),
    ("broken links", "[x](#nowhere) "),
    ("forbidden links", "[x](javascript:y) "),
    ("unknown keys", "<!-- holdpoint: nokey=a -->\n\n"),
    ("brackets", "["),
    ("stars", "*a_ "),
    ("backticks", "`a`` "),
    ("fences", "```sh\n# 1. a\n# 2. b\n```\n\n"),
    ("tables", "| Check | Expected |\n|-|-|\n| a | b |\n\n"),
    ("cells", "| a "),
    ("labels", "Why: x\nExpected: y\n"),
    ("open comments", "<!-- holdpoint: "),
    ("quotes", "> x\n"),
    ("colons", "If a: b. c, "),
    // What makes parsers of Markdown slow.
    ("open strong", "**a _b "),
    ("closed strong", "a** b_ "),
    ("stars and underscores", "*_*_a"),
    ("runs of delimiters", "*a **b ***c "),
    ("open links", "[a]("),
    ("open images", "![a]("),
    ("nested brackets", "[a[b"),
    ("closing brackets", "a]"),
    ("reference definitions", "[a]: x\n\n[a] "),
    ("entities", "&amp;&#x41;&notit;"),
    ("open angles", "<a "),
    ("open declarations", "<!A "),
    ("open instructions", "<? "),
    ("open character data", "<![CDATA["),
    ("backslashes", "\\\\` "),
    ("setext", "a\n=\n"),
    ("tabs", "\t-\ta\n"),
    ("empty items", "-\n"),
    ("wide numbers", "999999999. a\n"),
    // What this reader looks for.
    ("blanks", "a: __ "),
    ("boxes in lines", "☐ a\n"),
    ("box fences", "```\n□ a\n  □ b\n```\n\n"),
    ("terminals", "```\n$ a\nb\n```\n\n"),
    ("command sections", "### Run\n\n```sh\nls\n```\n\n"),
    ("sentences", "Run this:\n\n```sh\nls\n```\n\n"),
    ("groups", "**A**\n\n- [ ] a\n\n"),
    ("inline commands", "1. Run `make a` and `make b`.\n"),
    ("double encoding", "â€™ Ã© "),
];

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let time = |text: &str| {
        let start = Instant::now();
        assert!(!outline(&read("t.md", text)).title.is_empty());
        start.elapsed()
    };
    for (name, pattern) in PATTERNS {
        let repeat = |size: usize| format!("# T\n\n## Release\n\n{}", pattern.repeat(size / pattern.len()));
        let (short_text, long_text) = (repeat(40_000), repeat(160_000));
        let (mut short, mut long) = (Duration::MAX, Duration::MAX);
        // Four times the text may take four times as long; quadratic is sixteen times. The best of several runs counts,
        // because a busy machine makes any single one slow.
        let linear = (0..12).any(|_| {
            short = short.min(time(&short_text));
            long = long.min(time(&long_text));
            long < short * 9 + Duration::from_millis(20)
        });
        assert!(linear, "{name}: {short:?} for 40 kB, {long:?} for 160 kB");
    }
}

#[test]
fn five_megabytes_are_read() {
    let runbook = read(
        "big.md",
        &"## Release\n\n1. Look at **this**\n   ```sh\n   ls\n   ```\n\n".repeat(5_000_000 / 50),
    );
    assert_eq!(runbook.procedures.len(), 100_000);
}

#[test]
fn deep_containers_of_every_mixture_end() {
    for pattern in ["> - ", "- > ", "1. > ", "- 1. ", "* - + ", "> 1. - [ ] ", "  - ☐ a\n"] {
        survive(&format!("# T\n\n## Release\n\n{}x\n", pattern.repeat(3_000)));
    }
    for (open, close) in [
        ("[", "](x)"),
        ("*", "*"),
        ("**_", "_**"),
        ("<b>", "</b>"),
        ("![", "](x)"),
    ] {
        survive(&format!("{}a{}\n", open.repeat(3_000), close.repeat(3_000)));
    }
}

#[test]
fn one_line_of_a_megabyte_is_read() {
    for line in [
        "word ",
        "__ ",
        "a: b ",
        "☐ ",
        "`make x` ",
        "1. ",
        "Ünï ",
        "If x fails, ",
        "(5 min) ",
        "![x](y) ",
        "| a ",
    ] {
        for before in ["## Release\n\n1. ", "", "- [ ] ", "### Step 1: "] {
            survive(&format!("{before}{}\n", line.repeat(1_000_000 / line.len())));
        }
    }
}
