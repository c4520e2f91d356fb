//! What a runbook says about a pipeline: its stages, the meaning of its marks, what can go wrong, whom to contact, and what never to do. Found by
//! the shape of tables and lists and the words of their heads; what is not found stays empty.

mod scenarios;
mod tables;
mod texts;

use holdpoint_domain::pipeline::Recogniser;
use holdpoint_domain::runbook::Runbook;
use holdpoint_domain::wire::{GuideSource, PipelineGuide};

/// Rows and items that are kept of each kind.
const MOST: usize = 40;

/// What the runbook says about its pipeline. `name` is the file's name without `.md`.
#[must_use]
pub fn pipeline_guide(name: &str, book: &Runbook) -> PipelineGuide {
    let mut guide = PipelineGuide {
        runbook: Some(GuideSource {
            name: name.to_owned(),
            title: book.title.clone(),
        }),
        ..PipelineGuide::default()
    };
    tables::find(book, &mut guide);
    guide.scenarios = scenarios::find(&book.blocks);
    guide.never = tables::never(&book.blocks);
    bound(&mut guide.stages, &mut guide.cut);
    bound(&mut guide.colours, &mut guide.cut);
    bound(&mut guide.scenarios, &mut guide.cut);
    bound(&mut guide.contacts, &mut guide.cut);
    bound(&mut guide.never, &mut guide.cut);
    link(&mut guide);
    guide
}

fn bound<T>(rows: &mut Vec<T>, cut: &mut bool) {
    *cut |= rows.len() > MOST;
    rows.truncate(MOST);
}

/// Gives each stage its scenario and its contacts: those that speak of it, the scenario with most of its words first.
fn link(guide: &mut PipelineGuide) {
    let recogniser = Recogniser::of(&guide.stages);
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut best: Vec<Option<(usize, usize)>> = vec![None; guide.stages.len()];
    for (at, scenario) in guide.scenarios.iter().enumerate() {
        let see = scenario.see.join("\n");
        for (stage, best) in best.iter_mut().enumerate() {
            // What it is called tells more than what is seen then.
            let weight = 3 * recogniser.weight(stage, &scenario.title) + recogniser.weight(stage, &see);
            if weight > best.map_or(0, |(weight, _)| weight) {
                *best = Some((weight, at));
            }
        }
    }
    for (stage, best) in guide.stages.iter_mut().zip(best) {
        stage.scenario = best.map(|(_, at)| place(at));
    }
    for (at, contact) in guide.contacts.iter().enumerate() {
        for stage in recogniser.spoken_of(&contact.about) {
            guide.stages[stage].contacts.push(place(at));
        }
    }
}
