//! Short lists of names that this browser keeps, and no proxy: which procedures are pinned, which runbooks are opened. Kept in
//! localStorage, shared by the browser's tabs; the page works without it.

use codee::string::FromToStringCodec;
use leptos::prelude::*;
use leptos_use_storage::use_local_storage;

/// So many are kept of each list, the newest.
const MOST: usize = 50;

/// A list of names, the one that was added last in front. Copying it copies handles.
#[derive(Clone, Copy)]
pub struct KeptNames {
    names: Memo<Vec<String>>,
    write: WriteSignal<String>,
}

impl KeptNames {
    /// The list of this name.
    pub fn load(name: &str) -> Self {
        let (text, write, _) = use_local_storage::<String, FromToStringCodec>(format!("holdpoint.{name}"));
        // What cannot be read was not written by this page: the list is empty then.
        let names = Memo::new(move |_| text.with(|text| serde_json::from_str(text).unwrap_or_default()));
        Self { names, write }
    }

    /// All of them, the one that was added last in front; tracked.
    pub fn all(&self) -> Vec<String> {
        self.names.get()
    }

    /// Tracked.
    pub fn has(&self, name: &str) -> bool {
        self.names.with(|names| names.iter().any(|one| one == name))
    }

    /// Adds a name, or takes it away.
    pub fn set(&self, name: &str, kept: bool) {
        let names = with(self.names.get_untracked(), name, kept);
        match serde_json::to_string(&names) {
            Ok(text) => self.write.set(text),
            Err(error) => leptos::logging::warn!("a list cannot be stored: {error}"),
        }
    }
}

fn with(mut names: Vec<String>, name: &str, kept: bool) -> Vec<String> {
    if kept == names.iter().any(|one| one == name) {
        return names;
    }
    names.retain(|one| one != name);
    if kept {
        names.insert(0, name.to_owned());
        names.truncate(MOST);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_and_the_list_has_a_bound() {
        let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        for (before, name, kept, after) in [
            (names(&[]), "a", true, names(&["a"])),
            (names(&["a"]), "b", true, names(&["b", "a"])),
            (names(&["b", "a"]), "a", true, names(&["b", "a"])),
            (names(&["b", "a"]), "b", false, names(&["a"])),
            (names(&["a"]), "c", false, names(&["a"])),
        ] {
            assert_eq!(with(before, name, kept), after, "{name} {kept}");
        }
        let many = (0..100).fold(Vec::new(), |all, at| with(all, &at.to_string(), true));
        assert_eq!((many.len(), many[0].as_str()), (MOST, "99"));
    }
}
