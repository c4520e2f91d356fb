//! What this browser remembers of its user: name, theme, keys. Kept in localStorage, shared by the browser's tabs; the page
//! works without it.

use codee::string::FromToStringCodec;
use leptos::prelude::*;
use leptos_use_storage::use_local_storage;
use serde::{Deserialize, Serialize};

const KEY: &str = "holdpoint.settings";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system prefers.
    #[default]
    Auto,
    Light,
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
struct StoredSettings {
    name: String,
    theme: Theme,
    single_keys: bool,
}

impl Default for StoredSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            theme: Theme::Auto,
            single_keys: true,
        }
    }
}

/// Each setting is changed by its setter only, and stored by the same change.
#[derive(Clone, Copy)]
pub struct Settings {
    read: Memo<StoredSettings>,
    write: WriteSignal<String>,
}

impl Settings {
    /// Reads the stored settings, and keeps `data-theme` as they say.
    pub fn load() -> Self {
        // As text, like drafts, so that there is one kind of storage in the page.
        let (text, write, _) = use_local_storage::<String, FromToStringCodec>(KEY);
        // What cannot be read was not written by this page: it starts from the defaults.
        let read = Memo::new(move |_| text.with(|text| serde_json::from_str(text).unwrap_or_default()));
        let settings = Self { read, write };
        Effect::new(move || show_theme(settings.theme()));
        settings
    }

    fn change(&self, change: impl FnOnce(&mut StoredSettings)) {
        let mut stored = self.read.get_untracked();
        change(&mut stored);
        match serde_json::to_string(&stored) {
            Ok(text) => self.write.set(text),
            Err(error) => leptos::logging::warn!("the settings cannot be stored: {error}"),
        }
    }

    /// Who uses this browser; empty until they said it. Tracked.
    pub fn name(&self) -> String {
        self.read.with(|stored| stored.name.trim().to_owned())
    }

    /// Who uses this browser, not tracked; empty until they said it.
    pub fn name_untracked(&self) -> String {
        self.read.with_untracked(|stored| stored.name.clone())
    }

    pub fn set_name(&self, name: &str) {
        self.change(|stored| name.clone_into(&mut stored.name));
    }

    /// Tracked.
    pub fn theme(&self) -> Theme {
        self.read.with(|stored| stored.theme)
    }

    pub fn next_theme(&self) {
        self.change(|stored| stored.theme = stored.theme.next());
    }

    /// Whether single keys act; tracked.
    pub fn single_keys(&self) -> bool {
        self.read.with(|stored| stored.single_keys)
    }

    pub fn single_keys_untracked(&self) -> bool {
        self.read.with_untracked(|stored| stored.single_keys)
    }

    pub fn set_single_keys(&self, on: bool) {
        self.change(|stored| stored.single_keys = on);
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
