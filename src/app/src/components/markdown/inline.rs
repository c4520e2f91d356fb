//! Running text as views.

use holdpoint_domain::runbook::{Inline, inline_text};
use leptos::prelude::*;

use super::link::{Destination, destination};

#[component]
pub fn Inlines(content: Vec<Inline>) -> impl IntoView {
    pieces(&content)
}

fn pieces(content: &[Inline]) -> Vec<AnyView> {
    content.iter().map(piece).collect()
}

fn piece(inline: &Inline) -> AnyView {
    match inline {
        Inline::Text { text } => text.clone().into_any(),
        Inline::Code { text } => view! { <code>{text.clone()}</code> }.into_any(),
        Inline::Emphasis { content } => view! { <em>{pieces(content)}</em> }.into_any(),
        Inline::Strong { content } => view! { <strong>{pieces(content)}</strong> }.into_any(),
        Inline::Strike { content } => view! { <s>{pieces(content)}</s> }.into_any(),
        Inline::Link { target, content } => link(target, content),
        Inline::Html { comment: true, .. } => ().into_any(),
        Inline::Html { text, comment: false } => view! { <code class="raw">{text.clone()}</code> }.into_any(),
        Inline::Break => view! { <br /> }.into_any(),
    }
}

fn link(target: &str, content: &[Inline]) -> AnyView {
    let text = pieces(content);
    match destination(target) {
        Destination::Outside(url) => view! {
            <a href=url target="_blank" rel="noopener noreferrer" class="out">
                {text}
                <span class="sr-only">" (opens in a new tab)"</span>
            </a>
        }
        .into_any(),
        Destination::Here(url) => {
            // Within the page the browser goes there itself: other than the router, it takes the focus along.
            let rel = url.starts_with('#').then_some("external");
            view! { <a href=url rel=rel>{text}</a> }.into_any()
        }
        // A file of the repository is nothing that this page could open, so it is named instead of linked.
        Destination::File(path) => {
            let named = inline_text(content).contains(&path);
            view! { <span class="file">{text}{(!named).then(|| view! { " (" <code>{path}</code> ")" })}</span> }
                .into_any()
        }
    }
}
