//! Replaying a long session: from the navigation to the first picture, and from one moment to another.

use futures::{StreamExt, TryStreamExt, stream};
use holdpoint_domain::session::ClientCommand;
use holdpoint_tests::{Figures, Result};

use crate::bed::{Bed, replayed, scrubbed};

/// How many browsers open it.
const RUNS: usize = 5;
/// How many moments each of them goes to, all over the log.
const MOMENTS: usize = 20;
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
        // Far from each other, forwards and back, each time from one moment to the next paint.
        for moment in 0..MOMENTS {
            let place = 1 + moment * 7919 % (events - 1);
            jump.add(scrubbed(&browser, place).await?);
            next.add(scrubbed(&browser, place + 1).await?);
        }
        browser.close().await?;
    }
    Ok(format!(
        "| replay of {events} events, {steps} steps | cold |\n| --- | ---: |\n| navigation to the picture | {first} |\n\
         | navigation to the steps as they stood | {ready} |\n\
         | to the next event, until it is painted | {next}; 95th percentile {:.1} ms |\n\
         | to another part of the log, until it is painted | {jump}; 95th percentile {:.1} ms |\n",
        next.percentile(95),
        jump.percentile(95)
    ))
}
