//! What only a runbook's surroundings can tell: gates and files that do not exist.

use std::collections::BTreeSet;

use holdpoint_domain::runbook::Severity;
use holdpoint_reader::{LintContext, lint, read};

fn set(names: &[&str]) -> Option<BTreeSet<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

#[track_caller]
fn check(text: &str, known: &LintContext, expected: &[&str]) {
    let found: Vec<String> = lint(&read("release.md", text), known)
        .into_iter()
        .map(|found| {
            assert_eq!(found.severity, Severity::Error);
            format!("{}:{} {}", found.place.line, found.place.column, found.message)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_gate_that_does_not_exist_is_an_error_with_the_nearest_name() {
    let known = LintContext {
        gates: set(&["api-health", "smoke"]),
        files: None,
    };
    check(
        "## Release\n\n1. Look <!-- holdpoint: gate=api-health,api-heatlh -->\n2. Try <!-- holdpoint: gate=unheard-of -->\n",
        &known,
        &[
            "3:25 There is no gate “api-heatlh”; did you mean “api-health”?",
            "4:24 There is no gate “unheard-of”; declare it in gates.toml",
        ],
    );
}

#[test]
fn nothing_is_said_about_what_is_not_known() {
    check(
        "## Release\n\n1. [Look](nowhere.md) <!-- holdpoint: gate=unheard-of -->\n",
        &LintContext::default(),
        &[],
    );
}

#[test]
fn a_link_to_a_file_that_does_not_exist_is_an_error() {
    let known = LintContext {
        gates: None,
        files: set(&["release.md", "go-live.md"]),
    };
    check(
        "[a](go-live.md) [b](./go-live.md#x) [c](golive.md) [d](https://nowhere.example/x.md) [e](x/../release.md?y)\n",
        &known,
        &["1:37 The link leads to “golive.md”, which does not exist; did you mean “go-live.md”?"],
    );
}

#[test]
fn an_anchor_in_another_file_is_looked_up_where_that_files_anchors_are_known() {
    let known = LintContext {
        gates: None,
        files: set(&["a.md", "a.md#here", "b.md"]),
    };
    check(
        "[a](a.md#here) [b](a.md#Here) [c](a.md#there) [d](b.md#anything)\n",
        &known,
        &["1:31 “a.md” has no heading with the anchor “#there”"],
    );
}

#[test]
fn what_reading_found_comes_along_in_the_order_of_the_source() {
    let known = LintContext {
        gates: set(&[]),
        files: None,
    };
    check(
        "[x](#nowhere)\n\n## Release\n\n1. Go <!-- holdpoint: gate=g -->\n2. [y](#no) Come\n",
        &known,
        &[
            "1:1 No heading here has the anchor “#nowhere”",
            "5:23 There is no gate “g”; declare it in gates.toml",
            "6:4 No heading here has the anchor “#no”",
        ],
    );
}

#[test]
fn a_runbook_tells_its_own_anchors() {
    let runbook = read("a.md", "# Top\n\n## One: *two* & `three`\n\n## Again\n\n## Again\n");
    assert_eq!(
        runbook.anchors().collect::<Vec<_>>(),
        ["top", "one-two--three", "again", "again-1"]
    );
}

/// Links that cannot be looked up from the folder of the runbooks are remarks at most, and those that can be are looked up.
#[track_caller]
fn infos(text: &str, files: &[&str], expected: &[&str]) {
    let known = LintContext {
        gates: None,
        files: set(files),
    };
    let found: Vec<String> = lint(&read("release.md", text), &known)
        .into_iter()
        .map(|found| format!("{:?} {}", found.severity, found.message))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_link_from_the_root_of_a_site_is_a_remark_at_most() {
    infos(
        "## Release\n\n1. Follow the [guide](/manual/access.html)\n2. Read [it](/docs/known.md)\n",
        &["docs/known.md"],
        &[
            "Info The link leads to “/manual/access.html” from the root of a site or repository, which was not looked up",
        ],
    );
}

#[test]
fn a_link_out_of_the_folder_is_a_remark_at_most() {
    infos(
        "Read [a](../handbook.md#release), [b](x/../../up.md) and [c](../there.md)\n",
        &["../there.md"],
        &[
            "Info The link leads to “../handbook.md”, out of the folder of the runbooks, where it was not found",
            "Info The link leads to “x/../../up.md”, out of the folder of the runbooks, where it was not found",
        ],
    );
}

#[test]
fn anchors_of_raw_html_can_be_led_to() {
    infos(
        "[a](#old-name) [b](#by-id) [c](#not-there)\n\n<a name=\"old-name\"></a>\n\n## One <a id='By-Id'></a>\n",
        &[],
        &["Error No heading here has the anchor “#not-there”"],
    );
}
