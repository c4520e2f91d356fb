//! What a few words find in the shipped runbooks, and in which order.

use holdpoint_domain::search::{Entry, Index, QUERY_LIMIT, Query, entries_of_procedure, entries_of_runbook, search};
use holdpoint_domain::wire::{FoundKind, Mark, SearchAnswer, SearchHit};
use holdpoint_reader::read;

fn decompose(one: char, each: &mut dyn FnMut(char)) {
    unicode_normalization::char::decompose_compatible(one, each);
}

fn shipped() -> Vec<Index> {
    let books = [
        ("go-live", include_str!("../../../../runbooks/go-live.md")),
        ("golden-release", include_str!("../../../../runbooks/golden-release.md")),
        (
            "production-deployment",
            include_str!("../../../../runbooks/production-deployment.md"),
        ),
        (
            "railway-deployment",
            include_str!("../../../../runbooks/railway-deployment.md"),
        ),
        ("release", include_str!("../../../../runbooks/release.md")),
    ];
    let index = |(name, text): (&str, &str)| Index::of(entries_of_runbook(name, &read(name, text)), decompose);
    books.map(index).into_iter().collect()
}

fn of_titles(titles: &[(&str, &str)]) -> Index {
    let entry = |(title, detail): &(&str, &str)| Entry {
        hit: SearchHit {
            kind: FoundKind::Step,
            title: (*title).to_owned(),
            detail: (*detail).to_owned(),
            href: "/".to_owned(),
            runbook: None,
            procedure: None,
            step: None,
            title_marks: Vec::new(),
            detail_marks: Vec::new(),
        },
        also: String::new(),
    };
    Index::of(titles.iter().map(entry), decompose)
}

fn asks(indexes: &[Index], wanted: &str) -> SearchAnswer {
    let indexes: Vec<&Index> = indexes.iter().collect();
    search(&indexes, &Query::new(wanted, decompose))
}

fn titles(answer: &SearchAnswer) -> Vec<&str> {
    answer.hits.iter().map(|hit| hit.title.as_str()).collect()
}

#[test]
fn exactly_the_words_come_first_then_what_begins_so_then_words_then_parts() {
    let index = [of_titles(&[
        ("Smoke test", ""),
        ("The latest news", ""),
        ("Announce", "after the test"),
        ("Testing the rollback", ""),
        ("Test plan", ""),
        ("Test", ""),
        ("Plan", ""),
    ])];
    for (wanted, expected) in [
        (
            "TEST",
            vec![
                "Test",
                "Test plan",
                "Testing the rollback",
                "Smoke test",
                "Announce",
                "The latest news",
            ],
        ),
        ("test  plan", vec!["Test plan"]),
        ("plan test", vec!["Test plan"]),
        ("announce test", vec!["Announce"]),
        ("nowhere", vec![]),
        (
            "t",
            vec![
                "Test plan",
                "Test",
                "Testing the rollback",
                "The latest news",
                "Smoke test",
                "Announce",
            ],
        ),
    ] {
        let mut found = titles(&asks(&index, wanted))
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        if wanted == "t" {
            found.sort();
            expected.sort();
        }
        assert_eq!(found, expected, "{wanted}");
    }
}

#[test]
fn a_slip_is_forgiven_where_nothing_has_the_word() {
    let index = [of_titles(&[
        ("Perfect rollback", ""),
        ("Roll the dice", ""),
        ("Release v1.4.2", ""),
        ("Rolls", ""),
    ])];
    for (wanted, expected, similar) in [
        ("rollbakc", vec!["Perfect rollback"], true),
        ("perfct rolback", vec!["Perfect rollback"], true),
        ("rollback", vec!["Perfect rollback"], false),
        // Where something has the word, what is spelt nearly so is not meant.
        ("roll", vec!["Roll the dice", "Rolls", "Perfect rollback"], false),
        // Short words and numbers are not guessed.
        ("dic", vec!["Roll the dice"], false),
        ("dce", vec![], false),
        ("v1.4.3", vec![], false),
        ("entirely else", vec![], false),
    ] {
        let answer = asks(&index, wanted);
        assert_eq!((titles(&answer), answer.similar), (expected, similar), "{wanted}");
    }
}

#[test]
fn letters_are_compared_without_case_and_marks_and_what_was_found_is_marked() {
    let index = [of_titles(&[
        ("Überprüfung der Straße", ""),
        ("Cafe\u{301} reopened", ""),
        ("ＦＵＬＬ width", ""),
        ("İstanbul", ""),
        ("数据库迁移", ""),
        ("Zażółć gęślą", ""),
    ])];
    for (wanted, title, marks) in [
        ("uberpruf", "Überprüfung der Straße", vec![(0, 8)]),
        ("STRASSE", "Überprüfung der Straße", vec![(16, 22)]),
        ("stras", "Überprüfung der Straße", vec![(16, 21)]),
        ("café", "Cafe\u{301} reopened", vec![(0, 5)]),
        ("full", "ＦＵＬＬ width", vec![(0, 4)]),
        ("istanbul", "İstanbul", vec![(0, 8)]),
        ("迁移", "数据库迁移", vec![(3, 5)]),
        ("zazolc gesla", "Zażółć gęślą", vec![(0, 6), (7, 12)]),
    ] {
        let answer = asks(&index, wanted);
        let hit = answer
            .hits
            .first()
            .unwrap_or_else(|| panic!("“{wanted}” finds nothing"));
        let expected: Vec<Mark> = marks.into_iter().map(|(from, to)| Mark { from, to }).collect();
        assert_eq!((hit.title.as_str(), &hit.title_marks), (title, &expected), "{wanted}");
    }
}

#[test]
fn everything_of_the_shipped_runbooks_is_found_where_it_stands() {
    use FoundKind::{Command, Contact, Procedure, Reference, Runbook, Step, Symptom, Term};
    let indexes = shipped();
    for (wanted, kind, title, href) in [
        (
            "golden release",
            Procedure,
            "Golden release",
            "/runbooks/golden-release/start/golden-release",
        ),
        (
            "the golden release",
            Runbook,
            "The golden release",
            "/runbooks/golden-release",
        ),
        (
            "smoke run the production",
            Step,
            "SMOKE (run the production smoke tests)",
            "/runbooks/golden-release#step-6-smoke-run-the-production-smoke-tests",
        ),
        (
            "new version goes live",
            Step,
            "DEPLOY (bring the code to Railway)",
            "/runbooks/golden-release#step-5-deploy-bring-the-code-to-railway",
        ),
        (
            "api answers 503",
            Symptom,
            "The API answers 503",
            "/runbooks/railway-deployment#what-you-may-meet",
        ),
        (
            "supabase provides",
            Term,
            "Supabase",
            "/runbooks/production-deployment#7-glossary",
        ),
        (
            "platform lead",
            Contact,
            "Platform Lead",
            "/runbooks/golden-release#emergency-contacts",
        ),
        (
            "deploy_db_prod.ps1",
            Command,
            ".\\scripts\\deploy_db_prod.ps1",
            "/runbooks/golden-release#step-3-migrate-apply-the-database-migrations",
        ),
        (
            "railway shell",
            Command,
            "railway shell",
            "/runbooks/railway-deployment#for-debugging",
        ),
        (
            "health check urls",
            Reference,
            "Health check URLs",
            "/runbooks/railway-deployment#health-check-urls",
        ),
        (
            "ops.queue_job",
            Reference,
            "ops.queue_job",
            "/runbooks/release#canonical-rpc-signatures",
        ),
    ] {
        let answer = asks(&indexes, wanted);
        let found = answer.hits.iter().find(|hit| hit.kind == kind);
        let found = found.map(|hit| (hit.title.as_str(), hit.href.as_str()));
        assert_eq!(found, Some((title, href)), "{wanted}: {:?}", titles(&answer));
    }
    let symptom = asks(&indexes, "the api answers 503");
    let twice = symptom.hits.iter().filter(|hit| hit.title == "The API answers 503");
    assert_eq!(twice.count(), 1, "a row is found once");
}

#[test]
fn an_answer_has_a_bound_and_says_how_much_there_is() {
    let many: Vec<(String, String)> = (0..500).map(|at| (format!("Step {at}"), String::new())).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(title, detail)| (title.as_str(), detail.as_str()))
        .collect();
    let index = [of_titles(&many)];
    let answer = asks(&index, "step");
    assert_eq!((answer.hits.len(), answer.counts[0].count), (8, 500));
    let long = "step ".repeat(1_000);
    let answer = asks(&index, &long);
    assert!(answer.query.chars().count() <= QUERY_LIMIT);
    assert_eq!(answer.counts[0].count, 500);
}

#[test]
fn without_words_what_can_be_opened_and_started_is_offered() {
    let answer = asks(&shipped(), " ");
    let kinds: Vec<FoundKind> = answer.counts.iter().map(|count| count.kind).collect();
    assert_eq!(kinds, [FoundKind::Procedure, FoundKind::Runbook]);
    assert_eq!(answer.counts[1].count, 5);
}

#[test]
fn a_procedure_is_searched_by_itself() {
    let book = read("golden-release", include_str!("../../../../runbooks/golden-release.md"));
    let release = book.procedure("golden-release").expect("it has a release");
    let index = [Index::of(entries_of_procedure(release), decompose)];
    let answer = asks(&index, "verify_db_contract");
    let steps: Vec<_> = answer
        .hits
        .iter()
        .map(|hit| (hit.kind, hit.step.as_deref(), hit.href.as_str()))
        .collect();
    assert_eq!(
        steps,
        [
            (FoundKind::Command, Some("golden-release/verify"), ""),
            // By the name of its gate.
            (FoundKind::Step, Some("golden-release/verify"), "")
        ]
    );
}
