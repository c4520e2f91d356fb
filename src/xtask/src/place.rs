//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::XtaskError;

/// The folders of this checkout.
pub struct Place {
    /// The repository.
    pub root: PathBuf,
    /// What cargo builds into.
    pub target: PathBuf,
    /// Tools that were installed for this checkout only.
    pub tools: PathBuf,
}

impl Place {
    /// Finds the checkout that this program was built from.
    pub fn find() -> Result<Self, XtaskError> {
        let manifest =
            PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
        let root = manifest.join("../..");
        let root = root.canonicalize().map_err(XtaskError::file(&root, "found"))?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        let tools = root.join(".tools");
        Ok(Self { root, target, tools })
    }

    /// Where the programs of `cargo install` are.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.tools.join("bin").join(name)
    }

    /// What runs the tests: this checkout's own, or else the one on PATH.
    pub fn nextest(&self) -> PathBuf {
        let own = self.tool("cargo-nextest");
        if own.is_file() { own } else { "cargo-nextest".into() }
    }

    /// The report that nextest writes: always in the checkout, whatever folder cargo builds into.
    pub fn junit(&self) -> PathBuf {
        self.root.join("target/nextest/default/junit.xml")
    }

    /// The page as Trunk builds it.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// What the page was made from when it was built last. Not in cargo's folder, which several checkouts may share.
    pub fn page_stamp(&self) -> PathBuf {
        self.tools.join("page.stamp")
    }

    /// Where the output of a task's programs is kept.
    pub fn logs(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The proxy, once it is built.
    pub fn holdpoint(&self) -> PathBuf {
        self.target.join("debug").join("holdpoint")
    }

    /// The proxy as it is shipped, once it is built so.
    pub fn holdpoint_release(&self) -> PathBuf {
        self.target.join("release").join("holdpoint")
    }

    /// The version of a crate in Cargo.lock.
    pub fn locked_version(&self, name: &str) -> Result<String, XtaskError> {
        let path = self.root.join("Cargo.lock");
        let text = std::fs::read_to_string(&path).map_err(XtaskError::file(&path, "read"))?;
        version_in_lock(&text, name)
            .map(str::to_owned)
            .ok_or_else(|| XtaskError::Content {
                path,
                what: format!("which version of {name} is used"),
            })
    }
}

/// The version of the only package of this name.
fn version_in_lock<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == wanted)?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// A path as seen from the repository, to be short on screen.
pub fn shown(path: &Path, place: &Place) -> String {
    path.strip_prefix(&place.root).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::version_in_lock;

    #[test]
    fn a_version_is_found_by_its_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }
}
