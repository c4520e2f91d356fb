//! Replaying a long session: from the navigation to the first picture, and from one moment to another.

use futures::{StreamExt, TryStreamExt, stream};
use holdpoint_domain::session::ClientCommand;
use holdpoint_tests::{Figures, Result};

use crate::bed::{Bed, replayed, scrubbed};

/// How many browsers open it.
const RUNS: usize = 3;
/// How many commands are on their way at a time.
const AT_ONCE: usize = 64;

/// A session of so many steps and so many events, most of which are notes.
pub async fn of_events(bed: &Bed, steps: usize, events: usize) -> Result<String> {
    let session = bed.session(steps).await?;
    eprintln!("  … replaying {events} events of {steps} steps");
    let client = bed.client();
    for step in bed.steps(session).await?.iter().take(events / 10) {
        client.tick(session, step).await?;
    }
    let written = client.events(session, 0).await?.len();
    let notes = (written..events).map(|place| {
        let text = format!("Note {place}");
        client.command(
            session,
            ClientCommand::AddNote {
                step: None,
                text,
                written: None,
            },
        )
    });
    stream::iter(notes)
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    let (mut first, mut ready, mut next, mut jump) = <(Figures, Figures, Figures, Figures)>::default();
    for _ in 0..RUNS {
        let browser = bed.browser().await?;
        let (picture, rows) = replayed(&browser, &format!("/sessions/{session}/replay")).await?;
        first.add(picture);
        ready.add(rows);
        // To the middle, to the start of a part that was kept, a step on, and back: each from one moment to the next paint.
        for place in [events / 2, 3, events - 5, events / 10] {
            jump.add(scrubbed(&browser, place).await?);
            next.add(scrubbed(&browser, place + 1).await?);
        }
        browser.close().await?;
    }
    Ok(format!(
        "| replay of {events} events, {steps} steps | cold |\n| --- | ---: |\n| navigation to the picture | {first} |\n\
         | navigation to the steps as they stood | {ready} |\n| to the next event, until it is painted | {next} |\n\
         | to another part of the log, until it is painted | {jump} |\n"
    ))
}
