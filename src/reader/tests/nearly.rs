//! What could have been meant as a comment for Holdpoint and is none: an error at its line, which stops its procedure. A
//! misspelt gate must not become a step that a hand can tick.

mod common;

use holdpoint_domain::runbook::{Runbook, Severity};
use holdpoint_reader::read;

/// A release of three steps with `written` behind the second, and a procedure beside it that is right.
fn book(written: &str) -> Runbook {
    let text = format!(
        "# Port\n\n## Release\n\n1. Cast off\n2. Sail {written}\n3. Land\n\n## Rollback\n\n1. Turn <!-- holdpoint: gate=wheel -->\n"
    );
    read("port.md", &text)
}

/// Each of these stands at the end of a step whose gate it was meant to be.
const NEARLY: &[&str] = &[
    "[//]: # (gate=wind)",
    "\n\n[//]: # (gate=wind)\n",
    "\n\n[holdpoint]: # \"gate=wind\"\n",
    "{/* gate=wind */}",
    "<%-- gate=wind --%>",
    "{: gate=wind}",
    "(holdpoint) gate=wind",
    "[holdpoint]: gate=wind",
    "with `make <!-- holdpoint: gate=wind -->\n   and then `ls",
    "<!-- holdpoint gate=wind -->",
    "<!-- holdpoint, gate=wind -->",
    "<!-- holdpoint; gate=wind -->",
    "<!-- holdpoint = gate=wind -->",
    "<!-- holdpoint\u{ff1a} gate=wind -->",
    "<!-- holdpoint\u{2236} gate=wind -->",
    "<!-- holdpint: gate=wind -->",
    "<!-- hodlpoint: gate=wind -->",
    "<!-- holdpoints: gate=wind -->",
    "<!-- hold point: gate=wind -->",
    "<!-- hold-point: gate=wind -->",
    "<!-- hold_point: gate=wind -->",
    "<!-- h0ldpoint: gate=wind -->",
    "<!-- h\u{43e}ldp\u{43e}int: gate=wind -->",
    "<!-- \u{ff48}\u{ff4f}\u{ff4c}\u{ff44}\u{ff50}\u{ff4f}\u{ff49}\u{ff4e}\u{ff54}: gate=wind -->",
    "<!-- hold\u{200b}point: gate=wind -->",
    "<!-- \u{200b}holdpoint: gate=wind -->",
    "<!-- hold\0point: gate=wind -->",
    "<!-- @holdpoint: gate=wind -->",
    "<!--- holdpoint: gate=wind --->",
    "<!-- see holdpoint: gate=wind -->",
    "<!-- holdpoint -->",
    "<!-- Holdpoint optional -->",
    "<!-- gate=wind -->",
    "<!-- gates = wind -->",
    "<!-- gaet=wind -->",
    "<!-- Gate: wind -->",
    "<!-- on_fail=rollback -->",
    "<!-- timebox=5m -->",
    "<!-- holdpoint: -->",
    "<!-- holdpoint: gate= -->",
    "<!-- holdpoint: gate -->",
    "<!-- holdpoint: gate=, -->",
    "<!-- holdpoint: gate=wind, -->",
    "<!-- holdpoint: gate=,wind -->",
    "<!-- holdpoint: gate=wind,,tide -->",
    "<!-- holdpoint: gate=wind, tide -->",
    "<!-- holdpoint: gate=\"\" -->",
    "<!-- holdpoint: gate=\" \" -->",
    "<!-- holdpoint: gate=\"wind -->",
    "<!-- holdpoint: gate=wind;tide -->",
    "<!-- holdpoint: gate = wind -->",
    "<!-- holdpoint: gate: wind -->",
    "<!-- holdpoint: gate\u{ff1d}wind -->",
    "<!-- holdpoint: gates=wind -->",
    "<!-- holdpoint: Gate=wind -->",
    "<!-- holdpoint: GATE=wind -->",
    "<!-- holdpoint:\u{a0}gate=wind -->",
    "<!-- holdpoint: gate=wi\u{200b}nd -->",
    "<!-- holdpoint: wind -->",
    "<!-- holdpoint: timebox=5m timebox=6m gate=wind -->",
    "<!-- holdpoint: optional plain=\"The gate=x is open\" -->",
    "<!-- holdpoint: plain='Team gate=wind title=' optional -->",
    "<!-- holdpoint: plain=\"Team title=\"gate -->",
    "<!-- holdpoint: title=\"Answers timebox = 5m\" -->",
    "<!-- holdpoint: title=\"Answers gates\u{ff1d}wind\" -->",
    "<!-- holdpoint: title=\"Answers\u{200b}gate=wind\" -->",
    "<!-- holdpoint: plain=Answers,gate=wind -->",
    "<!-- holdpoint: plain=Answers;gate:wind -->",
    "<!-- holdpoint: plain=Answers, optional -->",
    "<!-- holdpoint: plain=Answers/gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{a0}gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{2003}gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{85}gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{2028}gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{1f}gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{200b}gate=wind -->",
    "<!-- holdpoint: plain=Answers\u{200b}optional -->",
    "<!-- holdpoint: plain=\u{201c}Answers\u{201d} -->",
    "<!-- holdpoint: rollback=back,id=x -->",
    "<!-- {\"gate\": \"wind\"} -->",
    "<!-- \"gate\"=\"wind\" -->",
    "<!-- gate wind -->",
    "<!-- gate(wind) -->",
    "<!-- gate -> wind -->",
    "\n   ```sh\n   # holdpoint: gate=wind\n   ./sail\n   ```",
    "\n   ```sql\n   -- holdpoint: gate=wind\n   ```",
    "\n   ```js\n   // holdpoint: gate=wind\n   ```",
    "\n   ```bat\n   :: holdpoint: gate=wind\n   ```",
    "\n   ```powershell\n   <# holdpoint: gate=wind #>\n   ```",
    "\n   ```bash holdpoint: gate=wind\n   ./sail\n   ```",
    "\n   ```bash {gate=wind}\n   ./sail\n   ```",
    "\n   ```text\n   [ ] Sail holdpoint: gate=wind\n   ```",
    "<!-- holdpoint: gate=wind --!>",
    "<!-- holdpoint: gate=wind ->",
    "<!-- holdpoint: gate=wind",
    "<!- holdpoint: gate=wind -->",
    "<! -- holdpoint: gate=wind -->",
    "< !-- holdpoint: gate=wind -->",
    "<-- holdpoint: gate=wind -->",
    "<!\u{2014} holdpoint: gate=wind \u{2014}>",
    "\u{ff1c}!-- holdpoint: gate=wind -->",
    "&lt;!-- holdpoint: gate=wind --&gt;",
    "\\<!-- holdpoint: gate=wind -->",
    "<!--> holdpoint: gate=wind -->",
    "<holdpoint gate=wind>",
    "<!holdpoint gate=wind>",
    "<?holdpoint gate=wind?>",
    "{# holdpoint: gate=wind #}",
    "%% holdpoint: gate=wind %%",
    "(holdpoint: gate=wind)",
    "[](# \"holdpoint: gate=wind\")",
    "holdpint gaet = wind",
    "\n\n       <!-- holdpoint: gate=wind -->",
    "\n   ```sh\n   ./sail <!-- holdpoint: gate=wind -->\n   ```",
    "\n   <pre>\n   <!-- holdpint: gate=wind -->\n   </pre>",
    "\n   > <!-- holdpint: gate=wind -->",
    "\n\n[//]: # (holdpoint: gate=wind)\n",
];

#[test]
fn whatever_could_have_been_meant_is_an_error_at_its_line() {
    for written in NEARLY {
        let book = book(written);
        let release = book.procedures.iter().find(|one| one.id == "release");
        let release = release.unwrap_or_else(|| panic!("{written:?} hides the release: {:?}", book.procedures));
        assert!(
            !release.errors.is_empty(),
            "{written:?} is silent: {:?}",
            book.diagnostics
        );
        let last = 6 + written.matches('\n').count() as u32;
        for error in &release.errors {
            assert_eq!(error.severity, Severity::Error, "{written:?}");
            assert!((6..=last).contains(&error.place.line), "{written:?}: {error:?}");
            assert!(book.diagnostics.contains(error), "{written:?}: {error:?}");
        }
        // An open comment swallows the rest of the file; otherwise the other procedure is as it was.
        if let Some(rollback) = book.procedures.iter().find(|one| one.id == "rollback") {
            assert_eq!(rollback.errors, [], "{written:?}");
        }
    }
}

#[test]
fn what_says_something_else_is_no_error() {
    for written in [
        "<!-- holdpoint: gate=wind -->",
        "<!--holdpoint:gate=wind-->",
        "<!-- HOLDPOINT : gate=wind,tide -->",
        "<!-- holdpoint: gate=\"wind, tide\" -->",
        "<!-- holdpoint: gate=wind gate=tide -->",
        "<!-- holdpoint: optional plain=\"The gate is open; all, too, are 'well'\" -->",
        "<!-- holdpoint: plain=Answers\tgate=wind -->",
        "<!-- prettier-ignore -->",
        "<!-- markdownlint-disable MD033 -->",
        "<!-- date=2026-01-01 rate=3 -->",
        "<!-- Checkpoint: look around -->",
        "<!-- endpoint: /health -->",
        "<!-- The tool that reads this is called Holdpoint. -->",
        "<!-- the gate is open -->",
        "with Holdpoint: it is calm",
        "at <https://holdpoint.example/?gate=wind>",
        "as `HOLDPOINT_PORT=80 holdpoint serve` does",
        "of <holdpoint-host>, mode=fast",
        "as a <- b says",
        "\n   ```sh\n   export HOLDPOINT_GATE=1; cat <<-EOF > gate=1\n   ```",
    ] {
        let book = book(written);
        assert_eq!(book.diagnostics, [], "{written:?}");
        assert!(book.procedures.iter().all(|one| one.errors.is_empty()), "{written:?}");
    }
}

/// The language of a step's fence, a line in it, and what is told of that: the column, and whether it is an error.
type InCode = (&'static str, &'static str, Option<(u32, Severity)>);

const IN_CODE: &[InCode] = &[
    ("sh", "# holdpoint: gate=wind", Some((6, Severity::Error))),
    ("sh", "# holdpoint gate=wind", Some((4, Severity::Error))),
    ("sh", "#holdpint gaet=wind", Some((4, Severity::Error))),
    ("sh", "./sail # holdpoint, gate=wind", Some((11, Severity::Error))),
    ("sh", "# gate=wind", Some((4, Severity::Error))),
    ("sh", "## gate=wind timebox=5m optional", Some((4, Severity::Error))),
    ("sh", "# timebox=5m", Some((4, Severity::Error))),
    ("sh", "# on_fail=rollback", Some((4, Severity::Error))),
    ("sh", "./sail #gates=wind", Some((11, Severity::Error))),
    ("sh", "# gate=wind is asked by the crew", Some((4, Severity::Warning))),
    ("sh", "make -- gate=wind", Some((9, Severity::Warning))),
    ("sql", "-- holdpoint: gate=wind", Some((7, Severity::Error))),
    ("sql", "-- gate=wind", Some((4, Severity::Error))),
    ("sql", "SELECT 1; /* gate=wind */", Some((14, Severity::Error))),
    ("js", "// holdpoint: gate=wind", Some((7, Severity::Error))),
    ("js", "//gate=wind", Some((4, Severity::Error))),
    ("toml", "# gate=wind", Some((4, Severity::Error))),
    ("yaml", "key: 1 # Holdpoint gate=wind", Some((11, Severity::Error))),
    ("ini", "; gate=wind", Some((4, Severity::Error))),
    ("bat", "rem gate=wind", Some((4, Severity::Error))),
    // What belongs to others.
    ("sh", "curl http://holdpoint:8080/x?gate=y", None),
    ("sh", "curl http://holdpoint/x?gate=y # look", None),
    ("sh", "./sail --gate=wind --timebox=5m", None),
    ("sh", "--gate=wind \\", None),
    ("sh", "cd port; gate=wind ./sail", None),
    ("sh", "# the date=2026-01-01 and rate=3 are set", None),
    ("sh", "# Holdpoint listens on PORT=7373", None),
    ("sh", "ssh sailor@holdpoint:22 gate=wind", None),
    ("toml", "[gates.wind]", None),
    ("toml", "gate = \"wind\"", None),
    ("toml", "# In gates.toml: title = \"Wind\"", None),
    ("toml", "faults = [{ gate = \"wind\", kind = \"refused\" }]", None),
];

#[test]
fn a_comment_of_code_that_could_have_been_meant_is_told_where_it_stands() {
    for (language, line, told) in IN_CODE {
        let text = format!("# Port\n\n## Release\n\n1. Sail\n\n   ```{language}\n   {line}\n   ```\n");
        let book = read("port.md", &text);
        let found = book
            .diagnostics
            .iter()
            .map(|one| (one.place.line, one.place.column, one.severity));
        let expected = told.iter().map(|(column, severity)| (8, *column, *severity));
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{line}: {:?}",
            book.diagnostics
        );
        let stops = told.is_some_and(|(_, severity)| severity == Severity::Error);
        assert_eq!(!book.procedures[0].errors.is_empty(), stops, "{line}");
    }
}

#[test]
fn an_example_in_code_is_remarked_on() {
    for written in [
        "like `<!-- holdpoint: gate=wind -->`",
        "\n   ```markdown\n   <!-- holdpoint: gate=wind -->\n   ```",
    ] {
        let book = book(written);
        let severities: Vec<_> = book.diagnostics.iter().map(|one| one.severity).collect();
        assert_eq!(severities, [Severity::Warning], "{written:?}");
        assert!(book.procedures.iter().all(|one| one.errors.is_empty()), "{written:?}");
    }
}

/// The titles of the procedures that cannot be started.
fn stopped(text: &str) -> Vec<String> {
    let book = read("port.md", text);
    let stopped = book.procedures.iter().filter(|one| !one.errors.is_empty());
    stopped.map(|one| one.title.clone()).collect()
}

#[test]
fn an_error_stops_the_procedure_that_it_stands_in() {
    let between = |written: &str| {
        format!(
            "# Port\n\n## Release\n\n1. Go\n\n## Rollback\n\n1. Back\n\n{written}\n\n## Monitoring\n\n1. Look\n\n## Contacts\n\nAda.\n"
        )
    };
    assert_eq!(stopped(&between("Text.")), [""; 0]);
    assert_eq!(stopped(&between("<!-- holdpint: gate=x -->\n\nText.")), ["Rollback"]);
    // Right before a heading it may be meant for what follows.
    assert_eq!(
        stopped(&between("<!-- holdpint: gate=x -->")),
        ["Rollback", "Monitoring"]
    );
    assert_eq!(
        stopped(&between("<!-- holdpoint: gate= -->\n<!-- toc -->")),
        ["Rollback", "Monitoring"]
    );
    // What stands in no procedure may be meant for any.
    for book in [
        "# Port\n<!-- holdpint: gate=x -->\n\n## Release\n\n1. Go\n\n## Rollback\n\n1. Back\n",
        "# Port\n\n## Release\n\n1. Go\n\n## Rollback\n\n1. Back\n\n## Contacts\n\nAda. <!-- holdpoint: gate=x -->\n",
    ] {
        assert_eq!(stopped(book), ["Release", "Rollback"], "{book}");
    }
    // A link to nowhere is an error, and decides no tick.
    assert_eq!(stopped(&between("[There](#nowhere)")), [""; 0]);
}

#[test]
fn a_heading_within_a_step_takes_no_gate_away() {
    let book = "# Port\n\n## Release\n\n### STEP 1: GO\n\nGo.\n\n#### Verify <!-- holdpoint: gate=x -->\n\nLook.\n\n### STEP 2: STAY\n\nStay.\n";
    assert_eq!(stopped(book), ["Release"]);
    let wrapped = "# Port\n\n## Rollback procedure\n\n### Rollback steps <!-- holdpoint: gate=x -->\n\n#### STEP 1: GO\n\nGo.\n\n#### STEP 2: STAY\n\nStay.\n";
    assert_eq!(stopped(wrapped).len(), 1);
}

#[test]
fn many_other_remarks_hide_no_error() {
    let mut text = "# Port\n\n## Release\n\n".to_owned();
    text.push_str(&"1. Row\n".repeat(2_000));
    text.push_str("1. Stop <!-- holdpint: gate=x -->\n\n## Rollback\n\n1. Back\n");
    assert_eq!(stopped(&text), ["Release"]);
    // Beyond what is kept nobody knows where they stand.
    let mut text = "# Port\n\n## Release\n\n".to_owned();
    for row in 0..600 {
        text.push_str(&format!("1. Row {row} <!-- holdpoint: gaet=x -->\n"));
    }
    text.push_str("\n## Rollback\n\n1. Back <!-- holdpint: gate=x -->\n");
    assert_eq!(stopped(&text), ["Release", "Rollback"]);
}

#[test]
fn the_lines_of_a_comment_in_a_list_are_counted_right() {
    let text = "# Port\n\n## Release\n\n1. Go\n\n   > <!--\n   >\n   > holdpoint:\n   > gate=x\n   > gaet=y\n   > -->\n\n2. Come\n";
    let book = read("port.md", text);
    let places: Vec<_> = book
        .diagnostics
        .iter()
        .map(|one| (one.place.line, one.place.column))
        .collect();
    assert_eq!(places, [(11, 6)], "{:?}", book.diagnostics);
}
