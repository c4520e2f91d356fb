//! The panel's sentences. None of them says that a new version is live: a run of a pipeline does not show that.

use crate::wire::{
    NotAsked, PipelineFound, PipelineRead, PipelineRun, PipelineStage, PipelineStanding, StageEffect, StageGuide,
};

/// The panel's first line, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// By which the line's mark is chosen.
    pub standing: PipelineStanding,
    /// `Failed`.
    pub word: &'static str,
    /// What happened, and what it does not show.
    pub sentence: String,
}

/// What the panel says first. An answer that GitHub gave before a problem is told as what it was.
#[must_use]
pub fn told(read: &PipelineRead) -> Told {
    match &read.found {
        PipelineFound::NotAsked { why } => Told {
            standing: PipelineStanding::NotSeen,
            word: "Not asked",
            sentence: not_asked(*why).to_owned(),
        },
        PipelineFound::Unknown => Told {
            standing: PipelineStanding::Unclear,
            word: "Not known",
            sentence: "GitHub has not said how the pipeline stands.".to_owned(),
        },
        PipelineFound::NoRun => Told {
            standing: PipelineStanding::NotSeen,
            word: "No run",
            sentence: match &read.workflow {
                Some(workflow) => format!("GitHub knows no run of {workflow} for this commit."),
                None => "GitHub knows no run for this commit.".to_owned(),
            },
        },
        PipelineFound::Several { runs } => Told {
            standing: PipelineStanding::Unclear,
            word: "Several workflows",
            sentence: format!(
                "{} workflows ran for this commit, and gates.toml does not say which of them is the pipeline (`workflow`). Each is told by itself.",
                runs.len()
            ),
        },
        PipelineFound::Run { run } => Told {
            standing: run.standing,
            word: run.standing.word(),
            sentence: of_run(run),
        },
    }
}

/// Whether the run can still change by itself.
#[must_use]
pub fn is_over(found: &PipelineFound) -> bool {
    match found {
        PipelineFound::Run { run } => !matches!(
            run.standing,
            PipelineStanding::Waiting
                | PipelineStanding::Running
                | PipelineStanding::ActionRequired
                | PipelineStanding::Unclear
        ),
        _ => false,
    }
}

fn not_asked(why: NotAsked) -> &'static str {
    match why {
        NotAsked::Rehearsal => {
            "This is a rehearsal, which asks nothing outside. What the runbook says about the pipeline is below."
        }
        NotAsked::NoCommit => "The session names no commit, so that no run can be looked for.",
        NotAsked::NotACommit => {
            "What the session names as its commit is no hash of 7 to 40 hexadecimal digits, so that no run can be looked for."
        }
    }
}

fn of_run(run: &PipelineRun) -> String {
    let said = match run.standing {
        PipelineStanding::Waiting => "The run waits for its turn.",
        PipelineStanding::Running => "The run is going on.",
        PipelineStanding::Succeeded => {
            "The run ended without a failure that GitHub counts. Whether the new version is live is not said by it."
        }
        PipelineStanding::Failed => "The run failed.",
        PipelineStanding::TimedOut => "The run took too long, and GitHub ended it.",
        PipelineStanding::Cancelled => "The run was cancelled before it was done.",
        PipelineStanding::Skipped => "The run was left out: nothing of it was done.",
        PipelineStanding::ActionRequired => {
            "The run waits for an approval or another rule of its environment on GitHub."
        }
        PipelineStanding::Neutral => "The run ended neither well nor badly, in GitHub's words.",
        PipelineStanding::Stale => "GitHub gave the run up before it was done.",
        PipelineStanding::Partly | PipelineStanding::NotSeen | PipelineStanding::Unclear => {
            "GitHub answered with a word that is not known here. Look at the run itself."
        }
    };
    let again = match run.attempt {
        0 | 1 => String::new(),
        attempt => format!(" It was run again: this is attempt {attempt}."),
    };
    let older = match run.older {
        0 => String::new(),
        1 => " An older run for this commit is not shown.".to_owned(),
        older => format!(" {older} older runs for this commit are not shown."),
    };
    format!("{said}{again}{older}")
}

/// What a stage's failure does.
#[must_use]
pub fn stage_words(effect: StageEffect) -> &'static str {
    match effect {
        StageEffect::Stops => "a failure stops the pipeline",
        StageEffect::Warns => "a failure only warns",
        StageEffect::Unsaid => "the runbook does not say that a failure stops anything",
    }
}

/// What has to be said of a stage that looks well, because its failure only warns.
#[must_use]
pub fn stage_remark(stage: &PipelineStage, guide: &StageGuide) -> Option<&'static str> {
    let looks_well = matches!(stage.standing, PipelineStanding::Succeeded | PipelineStanding::Partly);
    (looks_well && guide.effect == StageEffect::Warns).then_some(
        "A failure here only warns, so that GitHub may show it green although it was not done. It does not show that the new version is live.",
    )
}
