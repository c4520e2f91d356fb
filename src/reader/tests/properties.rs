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

/// What Markdown's rules are about, in our own examples: each is read soundly, and its lines with Windows' ends, too.
const EXAMPLES: [&str; 86] = [
    "\tcode\tafter a tab\n",
    "  - item\n\n\tits second paragraph\n",
    "- item\n\n\t\tcode in it\n",
    ">\t\tcode in a quote\n",
    "-\t\tcode in an item\n",
    "\\!\\\"\\#\\$\\%\\&\\'\\(\\)\\*\\+\\,\\-\\.\\/\\:\\;\\<\\=\\>\\?\\@\\[\\]\\^\\_\\`\\{\\|\\}\\~\n",
    "\\a\\A\\ä\\«\n",
    "\\*no emphasis*, \\[no link](x), 1\\. no list, \\# no heading\n",
    "a hard break\\\nafter a backslash\n",
    "&nbsp; &amp; &copy; &#35; &#x22; &#0; &nothing; &#87654321;\n",
    "&#42;no emphasis&#42;\n",
    "***\n---\n___\n",
    " * * *\n - - -\n",
    "- - x\n---\n",
    "text\n***\nmore\n",
    "text\n---\nmore\n",
    "# one\n## two\n### three\n#### four\n##### five\n###### six\n####### seven\n",
    "#no heading\n\\## none either\n",
    "# with an end ###\n## and # inside\n# \\###\n",
    "#\n##\n### ###\n",
    "Top\n===\n\nSub\n---\n",
    "Of *two\nlines*\n====\n",
    "`a\n----\n`\n",
    "> quote\n-----\n",
    "- item\n-----\n",
    "    code\n\n    more\n\n\n    and more\n",
    "  - a\n\n    b\n\n    c\n",
    "    a\nb\n",
    "```\n<\n >\n```\n",
    "~~~\naaa\n```\n~~~~\n",
    "````\naaa\n```\n``````\n",
    "> ```\n> aaa\n\nbbb\n",
    "``` ```\naaa\n",
    "~~~ aa ``` ~~~\naaa\n~~~\n",
    "```;$%\n```\n",
    "  ```\n  aaa\n    bbb\n  ```\n",
    "<table><tr><td>\n<pre>\n**bold**,\n\n_em_.\n</pre>\n</td></tr></table>\n",
    "<div>\n*no emphasis*\n\n*emphasis*\n\n</div>\n",
    "<script>\n\nlet a = '<!-- x -->';\n\n</script>\nafter\n",
    "<!-- a\n\nb -->\nafter\n",
    "<?php\n\n  echo '>';\n\n?>\nafter\n",
    "<!DOCTYPE html>\n",
    "<![CDATA[\nx\n]]>\nafter\n",
    "  <!-- x -->\n\n    <!-- x -->\n",
    "[foo]: /url 'title'\n\n[foo]\n",
    "[foo]: \n   /url  \n           'the title'  \n\n[foo]\n",
    "[Foo*bar\\]]:my_(url) 'title (with parens)'\n\n[Foo*bar\\]]\n",
    "[foo]: /url 'title\n\nwith a blank line'\n\n[foo]\n",
    "[foo]\n\n[foo]: first\n[foo]: second\n",
    "> [foo]: /url\n\n[foo]\n",
    "aaa\n             bbb\n                                       ccc\n",
    "aaa     \nbbb     \n",
    "> # Foo\n> bar\n> baz\n",
    ">bar\nbaz\n> foo\n",
    "> - foo\n- bar\n",
    ">     code\n    code\n",
    "> > > foo\nbar\n",
    "A\n\n1.  A\n\n        code\n\n    > quote\n",
    "- one\n\n two\n",
    "10) ten\n11) eleven\n",
    "0. zero\n003. three\n-1. none\n",
    "1234567890. no list\n",
    "- foo\n-\n- bar\n",
    "*\n\n  foo\n",
    "- foo\n   - bar\n\t - baz\n",
    "- # Foo\n- Bar\n  ---\n  baz\n",
    "- a\n+ b\n* c\n1. d\n1) e\n",
    "- a\n\n- b\n\n\n- c\n",
    "- a\n  - b\n\n    c\n- d\n",
    "* a\n  > b\n  >\n* c\n",
    "`` foo ` bar ``  ` `` `  `a\\`b`\n",
    "*foo`*`  [not a `link](/foo`)\n",
    "*a* _b_ **c** __d__ ***e*** a*b*c a_b_c **a*b**c*\n",
    "*foo **bar *baz* bim** bop*  **foo*  *foo**\n",
    "_(_foo_)_  пристаням_стремятся_  *\u{a0}a *\n",
    "[link](/uri \"title\") [link](<b)c>) [link](foo(and(bar))) [a](<b c>)\n",
    "[a [b](c) d](e) ![moon](m.jpg) ![[[foo](u)](v)](w)\n",
    "[foo][bar] [foo][] [bar]\n\n[bar]: /url \"t\"\n",
    "![foo *bar*][]\n\n[foo *bar*]: train.jpg\n",
    "<https://a.example/b?c=d%20e> <MAILTO:A@B.example> <a+b:c> <not a link>\n",
    "<a foo=\"bar\" bam = 'baz <em>\"</em>' _x zoop:33=zoop33 />\n",
    "foo  \nbaz\\\nbar \n baz\n",
    "a | b\n--|--\n1 | 2 | 3\n4\n\n~~gone~~ ~one~\n",
    "- [ ] a\n- [x] b\n- [y] c\n-  [ ]  d\n",
    "A note.[^1] Another.[^big]\n\n[^1]: Here.\n[^big]: It has\n\n    two paragraphs.\n",
    "> [!NOTE]\n> Look.\n\n> [!TIP]\n",
];

#[test]
fn each_rule_of_markdown_is_read_soundly() {
    for example in EXAMPLES {
        assert_sound(example);
        assert_sound(&example.replace('\n', "\r\n"));
        assert_sound(&format!("# Release\n\n## Steps\n\n1. Go\n\n{example}"));
        let inside: String = example.lines().map(|line| format!("   {line}\n")).collect();
        assert_sound(&format!("## Release\n\n1. Go\n\n{inside}\n2. Come\n"));
    }
}
