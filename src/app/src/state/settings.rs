//! What this browser remembers of its user: name, theme, keys. Kept in localStorage; the page works without it.

use leptos::prelude::*;

use crate::cells::Held;

const NAME: &str = "holdpoint.name";
const THEME: &str = "holdpoint.theme";
const SINGLE_KEYS: &str = "holdpoint.single-keys";

/// Which of the two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word for it, on screen and in storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one after it.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

/// The settings. Each is changed by its setter only, which also remembers it.
#[derive(Clone, Copy)]
pub struct Settings {
    name: Held<String>,
    theme: Held<Theme>,
    single_keys: Held<bool>,
}

impl Settings {
    /// Reads what was remembered.
    pub fn load() -> Self {
        let theme = match read(THEME).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        };
        let settings = Self {
            name: Held::new(read(NAME).unwrap_or_default()),
            theme: Held::new(theme),
            single_keys: Held::new(read(SINGLE_KEYS).as_deref() != Some("off")),
        };
        show_theme(theme);
        settings
    }

    /// Who uses this browser; empty until they said it.
    pub fn name_untracked(&self) -> String {
        self.name.get_untracked()
    }

    /// Remembers who uses this browser.
    pub fn set_name(&self, name: &str) {
        write(NAME, name);
        self.name.set(name.to_owned());
    }

    /// The theme.
    pub fn theme(&self) -> Theme {
        self.theme.get()
    }

    /// Changes the theme.
    pub fn set_theme(&self, theme: Theme) {
        write(THEME, theme.word());
        show_theme(theme);
        self.theme.set(theme);
    }

    /// Whether single keys act.
    pub fn single_keys(&self) -> bool {
        self.single_keys.get()
    }

    /// The same, not tracked.
    pub fn single_keys_untracked(&self) -> bool {
        self.single_keys.get_untracked()
    }

    /// Turns single keys on or off.
    pub fn set_single_keys(&self, on: bool) {
        write(SINGLE_KEYS, if on { "on" } else { "off" });
        self.single_keys.set(on);
    }
}

/// Tells the style sheets, by `data-theme` on the root element.
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

/// Reads a remembered text. None, too, where the browser forbids storage: then nothing was remembered.
pub(super) fn read(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Remembers a text. Where the browser forbids it, the setting lasts as long as the page.
pub(super) fn write(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage()
        && let Err(error) = storage.set_item(key, value)
    {
        leptos::logging::warn!("{key} could not be remembered: {error:?}");
    }
}

/// Forgets a text.
pub(super) fn forget(key: &str) {
    if let Ok(Some(storage)) = window().local_storage()
        && let Err(error) = storage.remove_item(key)
    {
        leptos::logging::warn!("{key} could not be forgotten: {error:?}");
    }
}
