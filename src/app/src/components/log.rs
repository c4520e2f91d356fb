//! The log: what happened, newest first.

use crate::cells::{Callback, Derived, Read};
use crate::components::dom::{El, el, phrase};
use crate::components::time::{Clip, time};
use crate::components::words::{Word, status};
use crate::state::session::{LogLine, LogMark};

/// The log: its lines, newest first, how many events there are in all, and what shows the earlier ones, too.
pub fn log(lines: Derived<Vec<LogLine>>, total: Read<usize>, on_more: Callback<()>) -> El {
    let hidden = move || total.get().saturating_sub(lines.with(Vec::len));
    let keys = move || lines.with(|lines| lines.iter().map(|line| line.seq.to_string()).collect());
    let make = move |seq: &str| {
        let found = lines.with_untracked(|lines| lines.iter().find(|line| line.seq.to_string() == seq).cloned());
        found.map_or_else(|| el("li"), line)
    };
    let more = el("button")
        .attr("type", "button")
        .class("btn bare small")
        .live_hidden(move || hidden() == 0)
        .on_click(move || on_more.run(()))
        .live_text(move || format!("Show {} earlier", hidden()));
    el("aside")
        .class("log")
        .label("Log")
        .child(el("h2").class("label").text("Log"))
        .child(el("ol").live_list(keys, make))
        .child(more)
}

fn line(line: LogLine) -> El {
    let mark = line.mark.map(|mark| match mark {
        LogMark::Outcome(outcome) => Word::of_outcome(outcome),
        LogMark::Hold => (Word::Hold, "HOLD"),
        LogMark::Lifted => (Word::Go, "GO"),
        LogMark::Back => (Word::Back, "ROLLBACK"),
    });
    let said = el("span");
    let said = match mark {
        Some((kind, text)) => said.child(status(kind, text)).text(" "),
        None => said,
    };
    let said = said.child(el("b").text(&line.what)).text(" ");
    let said = if line.text.is_empty() {
        said
    } else {
        said.text(&line.text).text(" ")
    };
    el("li")
        .child(time(line.at, Clip::Seconds))
        .child(said.child(phrase("by").text(&line.by)))
}
