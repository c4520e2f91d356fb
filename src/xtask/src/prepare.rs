//! Getting the tools that building needs. A tool that is there already is only asked for its version.

use std::path::PathBuf;

use crate::command::{Quiet, on_path, printed};
use crate::error::XtaskError;
use crate::place::Place;

const TRUNK: &str = "0.21.14";
const TWIGGY: &str = "0.8.0";
const NEXTEST: &str = "0.9.151";
/// The oldest that writes the list and the report that `test` reads. Compiling it takes minutes,
/// so that one on PATH which is new enough is used as it is.
const OLDEST_NEXTEST: [u32; 3] = [0, 9, 132];
const BINARYEN: &str = "132.0.0";
/// Older ones (Debian's is 108) do not know the WebAssembly features that today's Rust emits, and break the page.
const OLDEST_WASM_OPT: u32 = 116;
const TARGET: &str = "wasm32-unknown-unknown";

/// The tools that are not simply in `.tools/bin`.
pub struct Tools {
    /// wasm-opt, where it could be had.
    pub wasm_opt: Option<PathBuf>,
}

/// Gets everything that building the page and the proxy needs.
pub fn tools(place: &Place) -> Result<Tools, XtaskError> {
    wasm_target(place)?;
    cargo_tool(
        place,
        "trunk",
        "trunk",
        TRUNK,
        &["--locked", "--no-default-features", "--features", "rustls"],
    )?;
    // Not `--locked`: the CLI's own lock file names older crates that would be compiled a second time.
    let bindgen = place.locked_version("wasm-bindgen")?;
    cargo_tool(place, "wasm-bindgen", "wasm-bindgen-cli", &bindgen, &[])?;
    Ok(Tools {
        wasm_opt: wasm_opt(place),
    })
}

/// Gets what `cargo xtask weigh` needs further.
pub fn twiggy(place: &Place) -> Result<(), XtaskError> {
    cargo_tool(place, "twiggy", "twiggy", TWIGGY, &[])
}

/// Gets what runs the tests. Without its default features it cannot renew itself, which the version here forbids anyway.
pub fn nextest(place: &Place) -> Result<(), XtaskError> {
    let own = place.tool("cargo-nextest");
    if !own.is_file()
        && printed("cargo-nextest", &["--version"])
            .and_then(|line| version(&line))
            .is_some_and(|found| found >= OLDEST_NEXTEST)
    {
        return Ok(());
    }
    cargo_tool(
        place,
        "cargo-nextest",
        "cargo-nextest",
        NEXTEST,
        &["--locked", "--no-default-features"],
    )
}

fn wasm_target(place: &Place) -> Result<(), XtaskError> {
    let library = printed("rustc", &["--print", "target-libdir", "--target", TARGET]);
    let there = library.is_some_and(|folder| {
        std::fs::read_dir(folder).is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
        })
    });
    if there {
        return Ok(());
    }
    Quiet::new(place, format!("Rust target {TARGET}"), "rustup")
        .args(["target", "add", TARGET])
        .run()
        .map_err(|error| XtaskError::Tool {
            tool: format!("The Rust target {TARGET}"),
            reason: format!("`rustup target add {TARGET}` did not work. {error}"),
        })?;
    Ok(())
}

/// Installs a tool from crates.io into `.tools`, in the debug profile: Trunk in release takes twice as long to compile, and
/// its own speed does not matter here. The tools share one target folder, so that what they have in common is built once.
pub fn cargo_tool(
    place: &Place,
    program: &str,
    package: &str,
    version: &str,
    flags: &[&str],
) -> Result<(), XtaskError> {
    let says = printed(place.tool(program), &["--version"]);
    if says.is_some_and(|line| line.split_whitespace().nth(1) == Some(version)) {
        return Ok(());
    }
    Quiet::new(
        place,
        format!("{package} {version} (compiled once, takes a few minutes)"),
        "cargo",
    )
    .args(["install", "--debug", "--force", &format!("{package}@{version}")])
    .args(flags)
    .arg_pair("--root", &place.tools)
    .env("CARGO_TARGET_DIR", place.tools.join("build"))
    .run()
    .map_err(|error| XtaskError::Tool {
        tool: format!("{package} {version}"),
        reason: format!("`cargo install` did not work. {error}"),
    })?;
    Ok(())
}

/// `cargo-nextest 0.9.143 (60fa45f63 2026-08-04)` is 0.9.143.
fn version(line: &str) -> Option<[u32; 3]> {
    let mut numbers = line.split_whitespace().nth(1)?.splitn(3, '.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?])
}

/// The optional tool: Trunk makes the page smaller with it, and nothing depends on it.
fn wasm_opt(place: &Place) -> Option<PathBuf> {
    let folder = place.tools.join("binaryen");
    let own = folder.join("node_modules/.bin/wasm-opt");
    let without = |reason: &str| {
        println!(
            "  wasm-opt (binaryen {BINARYEN}) cannot be had, so the page is built without it and is larger: {reason}"
        );
        None
    };
    if !own.is_file() {
        if let Some(found) = wasm_opt_on_path() {
            return Some(found);
        }
        if !on_path("npm") {
            return without("npm is not installed.");
        }
        let package = format!("binaryen@{BINARYEN}");
        if let Err(error) = npm_install(place, "binaryen", &package) {
            return without(error.to_string().lines().next().unwrap_or_default());
        }
    }
    match wasm_opt_version(own.clone()) {
        Some(version) if version >= OLDEST_WASM_OPT => Some(own),
        Some(version) => without(&format!("the one that npm installed is version {version}.")),
        None => without("the one that npm installed does not start; it needs Node.js."),
    }
}

fn wasm_opt_on_path() -> Option<PathBuf> {
    let version = wasm_opt_version("wasm-opt".into())?;
    (version >= OLDEST_WASM_OPT).then(|| "wasm-opt".into())
}

/// `wasm-opt version 132 (version_132)` is 132.
fn wasm_opt_version(program: PathBuf) -> Option<u32> {
    printed(program, &["--version"])?
        .split_whitespace()
        .nth(2)?
        .parse()
        .ok()
}

/// Installs one npm package into a folder of its own under `.tools`.
pub fn npm_install(place: &Place, folder: &str, package: &str) -> Result<(), XtaskError> {
    let folder = place.tools.join(folder);
    std::fs::create_dir_all(&folder).map_err(XtaskError::file(&folder, "made"))?;
    Quiet::new(place, format!("{package} from npm"), "npm")
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
        .arg_pair("--prefix", &folder)
        .args([package])
        .run()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_numbers_after_the_name() {
        for (line, found) in [
            ("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)", Some([0, 9, 143])),
            ("cargo-nextest 0.9.143", Some([0, 9, 143])),
            ("cargo-nextest 0.9.143-rc.1", None),
            ("cargo-nextest 0.9", None),
            ("cargo-nextest", None),
            ("", None),
        ] {
            assert_eq!(version(line), found, "{line}");
        }
    }
}
