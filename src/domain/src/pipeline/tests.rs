//! GitHub's words, and which jobs and steps are which stage.

use super::*;
use crate::wire::{NotAsked, PipelineFound, PipelineRead, PipelineRun, StageEffect, StageGuide};
use PipelineStanding::{
    ActionRequired, Cancelled, Failed, Neutral, NotSeen, Partly, Running, Skipped, Stale, Succeeded, TimedOut, Unclear,
    Waiting,
};

fn guide() -> PipelineGuide {
    let stage = |title: &str, does: &str, effect| StageGuide {
        number: None,
        title: title.to_owned(),
        plain: None,
        does: does.to_owned(),
        fails: String::new(),
        effect,
        scenario: None,
        contacts: Vec::new(),
    };
    PipelineGuide {
        stages: vec![
            stage(
                "Run tests",
                "Tries the code against our development database",
                StageEffect::Stops,
            ),
            stage(
                "Apply database migrations",
                "Changes the structure of the database",
                StageEffect::Stops,
            ),
            stage(
                "Deploy backend (Railway)",
                "Puts the backend, which runs our APIs, into service",
                StageEffect::Warns,
            ),
            stage(
                "Deploy dashboard (Vercel)",
                "Puts the web dashboard into service",
                StageEffect::Warns,
            ),
            stage(
                "Send notification",
                "Writes to Discord whether it succeeded",
                StageEffect::Unsaid,
            ),
        ],
        ..PipelineGuide::default()
    }
}

#[test]
fn only_completed_with_success_is_a_success() {
    for (status, conclusion, standing) in [
        ("queued", None, Waiting),
        ("waiting", None, ActionRequired),
        ("pending", None, Waiting),
        ("requested", None, Waiting),
        ("in_progress", None, Running),
        ("in_progress", Some("success"), Running),
        ("queued", Some("success"), Waiting),
        ("completed", Some("success"), Succeeded),
        ("completed", Some("failure"), Failed),
        ("completed", Some("startup_failure"), Failed),
        ("completed", Some("timed_out"), TimedOut),
        ("completed", Some("cancelled"), Cancelled),
        ("completed", Some("skipped"), Skipped),
        ("completed", Some("action_required"), ActionRequired),
        ("completed", Some("neutral"), Neutral),
        ("completed", Some("stale"), Stale),
        ("completed", None, Unclear),
        ("completed", Some("SUCCESS"), Unclear),
        ("completed", Some("succeeded"), Unclear),
        ("done", Some("success"), Unclear),
        ("", None, Unclear),
    ] {
        assert_eq!(
            PipelineStanding::of(status, conclusion),
            standing,
            "{status} {conclusion:?}"
        );
    }
}

#[test]
fn a_name_is_a_stage_by_two_of_its_words_and_none_of_anothers() {
    let recogniser = Recogniser::new(&guide());
    for (name, stage) in [
        ("Run tests against Dev", Some(0)),
        ("Apply migrations to Prod", Some(1)),
        ("Trigger Railway deploy", Some(2)),
        ("Trigger Vercel deploy", Some(3)),
        ("Notify Discord on success", Some(4)),
        ("Run database migrations", Some(1)),
        ("deploy-backend", Some(2)),
        // One word, and words of two stages.
        ("Upload test results", None),
        ("Install Railway CLI", None),
        ("Deploy backend and dashboard", None),
        ("Run tests and apply migrations", None),
        ("Deploy", None),
        ("Run linter", None),
        ("Set up Python 3.12", None),
        ("Checkout repo", None),
        ("Install Supabase CLI", None),
        ("", None),
    ] {
        assert_eq!(recogniser.stage_of(name), stage, "{name}");
    }
}

#[test]
fn of_a_run_that_was_read_in_part_no_stage_is_told_as_if_all_were() {
    for seen in [&[][..], &[Skipped], &[Waiting], &[Succeeded], &[Succeeded, Skipped]] {
        let jobs = seen.iter().map(|standing| Job {
            name: "Run tests".to_owned(),
            standing: *standing,
            steps: Vec::new(),
        });
        let jobs: Vec<Job> = jobs.collect();
        assert_eq!(stages(&guide(), &jobs, false)[0].standing, Unclear, "{seen:?}");
    }
}

#[test]
fn a_stage_is_green_only_where_all_that_was_seen_of_it_is() {
    let of = |standings: &[PipelineStanding], whole| {
        let steps = standings.iter().map(|standing| SeenPart {
            name: "Run tests".to_owned(),
            standing: *standing,
        });
        let job = Job {
            name: "deploy".to_owned(),
            standing: Succeeded,
            steps: steps.collect(),
        };
        stages(&guide(), &[job], whole)[0].standing
    };
    for (seen, standing) in [
        (&[][..], NotSeen),
        (&[Succeeded], Succeeded),
        (&[Succeeded, Succeeded], Succeeded),
        (&[Succeeded, Failed], Failed),
        (&[Failed, Running], Failed),
        (&[Succeeded, TimedOut], TimedOut),
        (&[Succeeded, Cancelled], Cancelled),
        (&[Succeeded, Skipped], Partly),
        (&[Skipped, Succeeded], Partly),
        (&[Skipped, Skipped], Skipped),
        (&[Succeeded, Waiting], Running),
        (&[Skipped, Waiting], Waiting),
        (&[Succeeded, Running], Running),
        (&[Succeeded, Unclear], Unclear),
        (&[Succeeded, Neutral], Partly),
        (&[Succeeded, Stale], Stale),
        (&[Skipped, Succeeded, Waiting], Running),
    ] {
        assert_eq!(of(seen, true), standing, "{seen:?}");
    }
    assert_eq!(of(&[Succeeded], false), Unclear);
    assert_eq!(of(&[Failed], false), Failed);
}

fn read(found: PipelineFound) -> PipelineRead {
    PipelineRead {
        repository: "o/r".to_owned(),
        workflow: Some("deploy.yml".to_owned()),
        git_sha: "a1b2c3d".to_owned(),
        found,
        as_of: None,
        problem: None,
        stages: Vec::new(),
        guide: guide(),
    }
}

fn run(standing: PipelineStanding, attempt: u64, older: u32) -> PipelineFound {
    PipelineFound::Run {
        run: Box::new(PipelineRun {
            id: 1,
            name: "Deploy".to_owned(),
            number: 7,
            attempt,
            standing,
            head_sha: "a".repeat(40),
            url: "https://github.com/o/r/actions/runs/1".to_owned(),
            event: "push".to_owned(),
            actor: None,
            author: None,
            started: None,
            updated: None,
            older,
        }),
    }
}

#[test]
fn every_state_has_its_words_and_none_says_that_a_version_is_live() {
    let told = |found| told(&read(found));
    for standing in PipelineStanding::ALL {
        let told = told(run(standing, 1, 0));
        assert_eq!(told.word == "Succeeded", standing == Succeeded);
        assert!(
            !told.sentence.contains("is live") || told.sentence.contains("is not said"),
            "{told:?}"
        );
    }
    assert!(told(run(Failed, 2, 0)).sentence.contains("attempt 2"));
    assert!(told(run(Failed, 1, 3)).sentence.contains("3 older runs"));
    assert_eq!(told(PipelineFound::NoRun).word, "No run");
    assert!(told(PipelineFound::NoRun).sentence.contains("deploy.yml"));
    assert_eq!(told(PipelineFound::Unknown).standing, Unclear);
    let rehearsal = PipelineFound::NotAsked {
        why: NotAsked::Rehearsal,
    };
    assert!(told(rehearsal).sentence.contains("asks nothing outside"));
    for (standing, over) in [
        (Running, false),
        (Waiting, false),
        (ActionRequired, false),
        (Succeeded, true),
        (Failed, true),
    ] {
        assert_eq!(is_over(&run(standing, 1, 0)), over, "{standing:?}");
    }
}

#[test]
fn a_green_stage_whose_failure_only_warns_says_so() {
    let guide = guide();
    let stage = |standing| PipelineStage {
        standing,
        seen: Vec::new(),
    };
    assert!(stage_remark(&stage(Succeeded), &guide.stages[2]).is_some_and(|said| said.contains("does not show")));
    assert_eq!(stage_remark(&stage(Failed), &guide.stages[2]), None);
    assert_eq!(stage_remark(&stage(Succeeded), &guide.stages[0]), None);
}

#[test]
fn a_text_speaks_of_stages_by_their_own_words_first() {
    let recogniser = Recogniser::new(&guide());
    for (text, stages) in [
        ("Tests fail", vec![0]),
        ("A database migration failed", vec![1]),
        ("The dashboard does not update", vec![3]),
        ("The API does not respond", vec![2]),
        ("Discord stays silent", vec![4]),
        ("the deployment to Railway or Vercel failed", vec![2, 3]),
        ("The coffee is cold", vec![]),
    ] {
        assert_eq!(recogniser.spoken_of(text), stages, "{text}");
    }
}
