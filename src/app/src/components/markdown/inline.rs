//! Running text as nodes.

use holdpoint_domain::runbook::{Inline, inline_text};

use super::link::{Destination, destination};
use crate::components::dom::{El, el, phrase};

/// An element with running text in it.
pub(super) fn with_text(element: El, content: &[Inline]) -> El {
    content.iter().fold(element, piece)
}

fn piece(into: El, inline: &Inline) -> El {
    match inline {
        Inline::Text { text } => into.text(text),
        Inline::Code { text } => into.child(el("code").text(text)),
        Inline::Emphasis { content } => into.child(with_text(el("em"), content)),
        Inline::Strong { content } => into.child(with_text(el("strong"), content)),
        Inline::Strike { content } => into.child(with_text(el("s"), content)),
        Inline::Link { target, content } => into.child(link(target, content)),
        Inline::Html { comment: true, .. } => into,
        Inline::Html { text, comment: false } => into.child(el("code").class("raw").text(text)),
        Inline::Break => into.child(el("br")),
    }
}

fn link(target: &str, content: &[Inline]) -> El {
    match destination(target) {
        Destination::Outside(url) => {
            let link = el("a")
                .class("out")
                .attr("href", &url)
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer");
            with_text(link, content).child(phrase("sr-only").text(" (opens in a new tab)"))
        }
        Destination::Here(url) => with_text(el("a").attr("href", &url), content),
        // A file of the repository is nothing that this page could open, so it is named instead of linked.
        Destination::File(path) => {
            let named = inline_text(content).contains(&path);
            let file = with_text(phrase("file"), content);
            if named {
                file
            } else {
                file.text(" (").child(el("code").text(&path)).text(")")
            }
        }
    }
}
