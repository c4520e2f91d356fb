//! Long sessions: a tick and the opening, each beside the peer.

use std::time::Duration;

use holdpoint_tests::{Browser, Figures, Result};

use crate::bed::{Bed, opened, ticked};
use crate::peer::Peer;

/// How many ticks are made on each side.
const TICKS: usize = 15;
/// How many sessions are opened on each side.
const SESSIONS: usize = 3;
/// Milliseconds between two frames.
const FRAME: usize = 16;

/// What is measured of lists of one length.
#[derive(Default)]
struct Measured {
    tick: Figures,
    peer_tick: Figures,
    /// In a browser that never saw the session.
    first: Figures,
    /// In a browser that has kept it.
    again: Figures,
    peer_opening: Figures,
    /// The proxy's share of opening a session for the first time.
    answer: Figures,
}

/// Ticks and openings of sessions of these lengths.
pub async fn beside_peer(bed: &Bed, lengths: &[usize]) -> Result<String> {
    let peer = Peer::start().await?;
    let (ours, theirs) = (bed.browser().await?, peer.browser().await?);
    // What a captain's browser has: the page itself is measured elsewhere.
    ours.go("/").await?;
    ours.find("heading", holdpoint_tests::Name::Any).await?;
    let mut ticks = format!(
        "| tick to the next paint, {TICKS} alternating | page | hand-written JS | ratio |\n| ---: | ---: | ---: | ---: |\n"
    );
    let mut openings = format!(
        "| navigation to the last row, {SESSIONS} sessions | page, first time | page, again | hand-written JS | ratio | \
         of it the proxy's answer |\n| ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for steps in lengths {
        let measured = of_length(bed, (&ours, &theirs), &peer, *steps).await?;
        let Measured {
            tick,
            peer_tick,
            first,
            again,
            peer_opening,
            answer,
        } = measured;
        let ratio = tick.ratio(&peer_tick);
        ticks += &format!("| {steps} steps | {tick} | {peer_tick} | {ratio:.2} |\n");
        let ratio = first.ratio(&peer_opening);
        openings += &format!("| {steps} steps | {first} | {again} | {peer_opening} | {ratio:.2} | {answer} |\n");
    }
    let note = if same_rows(&ours, &theirs).await? {
        ""
    } else {
        "\n**The peer's rows are no longer made as the page's are; see peer.js.**\n"
    };
    ours.close().await?;
    theirs.close().await?;
    Ok(format!(
        "{ticks}\n{openings}{note}\nMedians, with the quartiles. The hand-written page has the same style sheets and the same rows, \
         gets the session's JSON from memory, and does nothing else; the ratio is that of the medians.\n"
    ))
}

async fn of_length(bed: &Bed, (ours, theirs): (&Browser, &Browser), peer: &Peer, steps: usize) -> Result<Measured> {
    let mut measured = Measured::default();
    eprintln!("  … opening {steps} steps");
    for _ in 0..SESSIONS {
        let session = bed.session(steps).await?;
        let (json, took) = bed.answer(session).await?;
        measured.answer.add(took);
        peer.set(&json);
        measured.peer_opening.add(opened(theirs, peer.page(), steps).await?.1);
        let page = format!("/sessions/{session}");
        measured.first.add(opened(ours, &page, steps).await?.1);
        // The session is kept after it is on screen.
        tokio::time::sleep(Duration::from_secs(1)).await;
        measured.again.add(opened(ours, &page, steps).await?.1);
    }
    eprintln!("  … ticking {steps} steps");
    for run in 0..TICKS {
        // People tick at any moment between two frames; here both sides do at the same ones.
        let phase = run * 7 % FRAME;
        measured.tick.add(ticked(ours, phase).await?);
        measured.peer_tick.add(ticked(theirs, phase).await?);
    }
    Ok(measured)
}

/// Whether a row that is done and one that is not are made alike on both sides.
async fn same_rows(ours: &Browser, theirs: &Browser) -> Result<bool> {
    let script = "return bench.shapes()";
    let (page, peer) = (ours.script(script).await?, theirs.script(script).await?);
    if page != peer {
        eprintln!("page: {page}\npeer: {peer}");
    }
    Ok(page == peer)
}
