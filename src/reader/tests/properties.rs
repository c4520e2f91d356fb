//! What holds for every text: nothing is lost, nothing panics, remarks stand inside the text.

mod common;

use holdpoint_domain::runbook::Runbook;
use holdpoint_reader::{lint, options, outline, read, read_bytes};
use proptest::prelude::*;
use pulldown_cmark::{Event, Parser};

/// Asserts that every text, code and HTML event of pulldown's own stream is in the blocks, in the same order. White space is
/// left out of the comparison: soft breaks and the ends of blocks have no text of their own.
fn assert_nothing_is_lost(text: &str, runbook: &Runbook) {
    let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let kept = squeeze(&common::all_text(runbook));
    let mut rest = kept.as_str();
    let clean = text.replace('\0', "\u{FFFD}");
    for event in Parser::new_ext(clean.strip_prefix('\u{FEFF}').unwrap_or(&clean), options()) {
        if let Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) = event {
            let text = squeeze(&text);
            let found = rest.find(&text);
            assert!(
                found.is_some(),
                "“{text}” is lost; what is left: “{rest}”\nsource: {clean:?}"
            );
            rest = &rest[found.unwrap_or(0) + text.len()..];
        }
    }
}

fn assert_sound(text: &str) {
    let runbook = read("p.md", text);
    assert_nothing_is_lost(text, &runbook);
    let lines: Vec<&str> = text.split('\n').collect();
    for diagnostic in lint(&runbook, &holdpoint_reader::LintContext::default()) {
        let line = lines.get(diagnostic.place.line as usize - 1);
        let in_range = line.is_some_and(|line| diagnostic.place.column as usize <= line.chars().count() + 1);
        assert!(in_range, "{diagnostic:?} is outside of {text:?}");
    }
    let in_range = |line: u32| (1..=lines.len() as u32 + 1).contains(&line);
    for procedure in &runbook.procedures {
        assert!(in_range(procedure.line) && !procedure.steps.is_empty(), "{procedure:?}");
        for step in procedure.in_order() {
            assert!(in_range(step.line), "{step:?}");
        }
    }
    let again = serde_json::to_string(&runbook).expect("a runbook is plain data");
    assert_eq!(
        serde_json::from_str::<Runbook>(&again).expect("and reads back"),
        runbook
    );
    assert!(outline(&runbook).to_text().starts_with("# "));
}

const FRAGMENTS: [&str; 54] = [
    "# Title",
    "## Release",
    "## Rollback procedure",
    "### STEP 1: GO",
    "### 2. Look",
    "#### Phase 3 – Rest (5 min)",
    "## Contacts",
    "1. one",
    "2. two",
    "   1. inner",
    "- bullet",
    "- [ ] task",
    "- [x] done",
    "  - [ ] nested",
    "* star",
    "> quote",
    "> > deeper",
    "> [!WARNING]",
    "```sh",
    "```",
    "~~~",
    "```text\n□ a\n    b\n```",
    "```sql\n-- 1. a\nSELECT 1;\n-- 2. b\n-- Expected: 0 rows\n```",
    "    indented",
    "| Check | Expected | Actual |\n|---|---|---|\n| a | b | |",
    "| a |",
    "|---|",
    "**Why:** because",
    "**Expected:**",
    "Verify:",
    "STOP if it fails.",
    "**ROLLBACK if** x",
    "If it fails, roll back",
    "What it checks:",
    "<!-- holdpoint: gate=a -->",
    "<!-- holdpoint: step=2 plain=\"x\" -->",
    "<!-- holdpoint: procedure steps=headings -->",
    "<!-- holdpoint: reference -->",
    "<!-- open",
    "-->",
    "<div>",
    "</div>",
    "<b>x</b> y",
    "[a](#release)",
    "[b](javascript:x)",
    "![i](x.png)",
    "[c][d]",
    "[d]: #title",
    "*em **strong `code* ",
    "\\",
    "---",
    "===",
    "",
    "\u{1F680} ünï \u{0}",
];

fn fragments() -> impl Strategy<Value = String> {
    let separator = prop::sample::select(vec!["\n", "\n\n", " ", "\r\n", ""]);
    let fragment = prop_oneof![
        8 => prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => "[-*_`#>|<!\\[\\]() \t0-9.:a-z]{0,16}",
    ];
    prop::collection::vec((fragment, separator), 0..24).prop_map(|pieces| {
        pieces
            .into_iter()
            .map(|(fragment, separator)| fragment + separator)
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_mixture_of_markdown_is_read_soundly(text in fragments()) {
        assert_sound(&text);
    }

    #[test]
    fn any_text_is_read_soundly(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let runbook = read_bytes("b.md", &bytes);
        let broken = std::str::from_utf8(&bytes).is_err() || bytes.contains(&0);
        prop_assert_eq!(broken, runbook.diagnostics.iter().any(|diagnostic| {
            diagnostic.message.contains("UTF-8") || diagnostic.message.contains("NUL")
        }));
    }
}
