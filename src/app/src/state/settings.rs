//! What this browser remembers of its user: name, theme, keys. Kept in localStorage, shared by the browser's tabs; the page
//! works without it.

use codee::string::FromToStringCodec;
use leptos::prelude::*;
use leptos_use_storage::use_local_storage;
use serde::{Deserialize, Serialize};

const KEY: &str = "holdpoint.settings";

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word for it on screen and in the root element's `data-theme`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one that the theme button goes on to.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Remembered {
    name: String,
    theme: Theme,
    single_keys: bool,
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            name: String::new(),
            theme: Theme::Auto,
            single_keys: true,
        }
    }
}

/// The settings. Each is changed by its setter only, and remembered by the same change.
#[derive(Clone, Copy)]
pub struct Settings {
    read: Memo<Remembered>,
    write: WriteSignal<String>,
}

impl Settings {
    /// Reads what was remembered, and shows its theme.
    pub fn load() -> Self {
        // As text, like drafts, so that there is one kind of storage in the page.
        let (text, write, _) = use_local_storage::<String, FromToStringCodec>(KEY);
        // What cannot be read was written by nobody that this page knows: it starts from the defaults.
        let read = Memo::new(move |_| text.with(|text| serde_json::from_str(text).unwrap_or_default()));
        let settings = Self { read, write };
        Effect::new(move || show_theme(settings.theme()));
        settings
    }

    fn change(&self, change: impl FnOnce(&mut Remembered)) {
        let mut kept = self.read.get_untracked();
        change(&mut kept);
        match serde_json::to_string(&kept) {
            Ok(text) => self.write.set(text),
            Err(error) => leptos::logging::warn!("the settings cannot be remembered: {error}"),
        }
    }

    /// Who uses this browser, not tracked; empty until they said it.
    pub fn name_untracked(&self) -> String {
        self.read.with_untracked(|kept| kept.name.clone())
    }

    /// Remembers who uses this browser.
    pub fn set_name(&self, name: &str) {
        self.change(|kept| name.clone_into(&mut kept.name));
    }

    /// The theme; tracked.
    pub fn theme(&self) -> Theme {
        self.read.with(|kept| kept.theme)
    }

    /// Goes on to the next theme.
    pub fn next_theme(&self) {
        self.change(|kept| kept.theme = kept.theme.next());
    }

    /// Whether single keys act; tracked.
    pub fn single_keys(&self) -> bool {
        self.read.with(|kept| kept.single_keys)
    }

    /// The same, not tracked.
    pub fn single_keys_untracked(&self) -> bool {
        self.read.with_untracked(|kept| kept.single_keys)
    }

    /// Turns single keys on or off.
    pub fn set_single_keys(&self, on: bool) {
        self.change(|kept| kept.single_keys = on);
    }
}

/// Tells the style sheets, by `data-theme` on the root element, which the view does not own.
fn show_theme(theme: Theme) {
    let Some(root) = document().document_element() else {
        return;
    };
    let shown = match theme {
        Theme::Auto => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.word()),
    };
    if let Err(error) = shown {
        leptos::logging::warn!("the theme could not be shown: {error:?}");
    }
}
