//! Icons: drawn in one stroke on a 16 by 16 grid, in the colour of the text, and silent for screen readers.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Check,
    /// A cross: close, take away.
    Cross,
    /// Two sheets: copy.
    Copy,
    /// An arrow into a tray: download.
    Download,
    /// An eye: watch.
    Eye,
    Search,
    /// A pencil: note.
    Note,
    /// An arrow that turns back: roll back, take back.
    Back,
    /// A triangle: run.
    Play,
    /// A triangle with a mark: attention.
    Alert,
    /// An open book: runbook.
    Book,
    Right,
    /// Half a disc: theme.
    Theme,
    Clock,
    Keys,
    /// A pin: keep at hand.
    Pin,
    /// Three lines: a menu.
    Menu,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Check => "M3 8.5l3.2 3.2L13 4.8",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Copy => "M6 6V3.5h6.5V10H10M3.5 6H10v6.5H3.5z",
            Self::Download => "M8 2.5v7M5 7l3 3 3-3M2.5 12.5v1h11v-1",
            Self::Eye => {
                "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z"
            }
            Self::Search => "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM10.2 10.2l3.3 3.3",
            Self::Note => "M3 13l.7-3L11 2.7 13.3 5 6 12.3zM9.6 4.1l2.3 2.3",
            Self::Back => "M5.5 3L2.5 6l3 3M2.8 6H9.5a3.8 3.8 0 0 1 0 7.5H6",
            Self::Play => "M5 3.2v9.6L12.8 8z",
            Self::Alert => "M8 2.5l6 10.8H2zM8 6.5v3.2M8 11.4v.3",
            Self::Book => {
                "M8 4.2C6.4 3 4.4 2.9 2.5 3.2v9.3c1.9-.3 3.9-.2 5.5 1 1.6-1.2 3.6-1.3 5.5-1V3.2C11.6 2.9 9.6 3 8 4.2zM8 4.2v9.3"
            }
            Self::Right => "M6 3.5l4.5 4.5L6 12.5",
            Self::Theme => "M8 2.2a5.8 5.8 0 1 1 0 11.6 5.8 5.8 0 0 1 0-11.6zM8 2.2v11.6M8 5l4.8-.1M8 8h5.8M8 11h4.9",
            Self::Clock => "M8 2.2a5.8 5.8 0 1 1 0 11.6 5.8 5.8 0 0 1 0-11.6zM8 4.8V8l2.3 1.6",
            Self::Keys => "M1.5 4.5h13v7.5h-13zM4 7h.1M6.7 7h.1M9.3 7h.1M12 7h.1M5 9.7h6",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Pin => "M5.5 2.5h5M6.5 2.5v4.2L4.3 9.3h7.4L9.5 6.7V2.5M8 9.3v4.5",
        }
    }
}

/// An icon. The words that it stands for are always beside it.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=glyph.path() />
        </svg>
    }
}

/// Holdpoint's own mark: a diamond, as inspection plans draw a hold point, with two bars in it.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="mark-ring" d="M16 2.5 29.5 16 16 29.5 2.5 16z" />
            <path class="mark-bars" d="M11.6 10.5h3.2v11h-3.2zM17.2 10.5h3.2v11h-3.2z" />
        </svg>
    }
}
