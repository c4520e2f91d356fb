//! Building the page with Trunk, and weighing it.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::command::{Quiet, path_with, printed};
use crate::error::XtaskError;
use crate::place::{Place, shown};
use crate::prepare::Tools;
use crate::report::Progress;

/// What wasm and js weigh together at most, in kB (1,000 bytes) of brotli.
const BUDGET: u32 = 1000;

/// What the page is made from. The rest of the repository can change without building it again.
const INPUTS: [&str; 10] = [
    ".cargo/config.toml",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "style",
    "src/app",
    "src/domain/Cargo.toml",
    "src/domain/src",
    "src/xtask/src/page.rs",
];

/// What the page weighs, in bytes of brotli.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weight {
    wasm: usize,
    js: usize,
}

impl Weight {
    /// Says what the page weighs.
    ///
    /// # Errors
    /// It is over the budget, and the tools that make it small were there.
    pub fn within_budget(self, tools: &Tools) -> Result<(), XtaskError> {
        let together = kilobytes(self.wasm + self.js);
        let over = together > f64::from(BUDGET);
        let words = match (over, &tools.wasm_opt) {
            (false, _) => "within",
            (true, Some(_)) => "over",
            (true, None) => "for want of wasm-opt over",
        };
        println!(
            "  page: wasm {:.1} + js {:.1} = {together:.1} kB brotli, {words} the budget of {BUDGET} kB",
            kilobytes(self.wasm),
            kilobytes(self.js)
        );
        if over && tools.wasm_opt.is_some() {
            return Err(XtaskError::Budget {
                kilobytes: together,
                budget: BUDGET,
            });
        }
        Ok(())
    }

    /// As it stands in the stamp.
    fn read(text: &str) -> Option<Self> {
        let (wasm, js) = text.split_once(' ')?;
        Some(Self {
            wasm: wasm.parse().ok()?,
            js: js.parse().ok()?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a page is far smaller than 2^52 bytes")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}

/// Builds the page, unless nothing that it is made from has changed.
pub fn build(place: &Place, tools: &Tools) -> Result<Weight, XtaskError> {
    let made_from = fingerprint(place, tools)?;
    let stamp = place.page_stamp();
    if let Some(weight) = unchanged(place, &stamp, &made_from) {
        println!("  ✓ page: unchanged");
        return Ok(weight);
    }
    // A page that is only half there must never pass for a whole one.
    if stamp.exists() {
        fs::remove_file(&stamp).map_err(XtaskError::file(&stamp, "removed"))?;
    }
    let dist = place.dist();
    trunk(place, "page (Trunk)", tools.wasm_opt.as_deref(), &dist).run()?;
    let weighing = Progress::begin("page: brotli");
    let weight = compress(&dist)?;
    weighing.end();
    fs::write(&stamp, format!("{made_from}\n{} {}\n", weight.wasm, weight.js))
        .map_err(XtaskError::file(&stamp, "written"))?;
    Ok(weight)
}

/// Trunk, told to build into a folder. Everything else that it does stands in Trunk.toml and index.html.
///
/// It runs the wasm-opt that it finds on PATH, and fails where it finds none. The one way to say "without" is not to call
/// it a release: nothing else of Trunk's depends on that here, and the cargo profile stays the same.
pub fn trunk(place: &Place, what: &str, wasm_opt: Option<&Path>, dist: &Path) -> Quiet {
    let mut tools = vec![place.tools.join("bin")];
    // One that is on PATH already has no folder.
    tools.extend(
        wasm_opt
            .and_then(Path::parent)
            .filter(|folder| *folder != "")
            .map(PathBuf::from),
    );
    let mut program = Quiet::new(place, what, place.tool("trunk")).args(["build"]);
    if wasm_opt.is_none() {
        program = program.args(["--release", "false", "--cargo-profile", "page"]);
    }
    program
        .arg_pair("--dist", dist)
        .env("PATH", path_with(&tools))
        // RUSTFLAGS would take the place of what .cargo/config.toml says; this variable is added to it.
        .without("RUSTFLAGS")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", hidden_folders())
        // Trunk takes NO_COLOR=1 for an invalid value of its own flag of that name.
        .without("NO_COLOR")
}

/// Compiler flags that leave no folder of this machine in what people load.
fn hidden_folders() -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registry = home.map(|home| home.join("registry/src"));
    // Where the standard library's sources are installed, its paths are those of this machine, too.
    let library =
        printed("rustc", &["--print", "sysroot"]).map(|root| Path::new(&root).join("lib/rustlib/src/rust/library"));
    let folders = registry
        .iter()
        .map(|path| (path, ""))
        .chain(library.iter().map(|path| (path, "std")));
    let flags = folders.map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    flags.collect::<Vec<_>>().join(" ")
}

fn unchanged(place: &Place, stamp: &Path, made_from: &str) -> Option<Weight> {
    let text = fs::read_to_string(stamp).ok()?;
    let (stamped, weight) = text.trim_end().split_once('\n')?;
    let there = place.dist().join("index.html").is_file();
    (there && stamped == made_from).then(|| Weight::read(weight))?
}

/// One number for everything that the page is made from.
fn fingerprint(place: &Place, tools: &Tools) -> Result<String, XtaskError> {
    let mut hasher = DefaultHasher::new();
    for input in INPUTS {
        let path = place.root.join(input);
        for file in files_under(&path)? {
            hasher.write(shown(&file, place).as_bytes());
            hasher.write(&fs::read(&file).map_err(XtaskError::file(&file, "read"))?);
        }
    }
    hasher.write_u8(u8::from(tools.wasm_opt.is_some()));
    Ok(format!("{:016x}", hasher.finish()))
}

/// A file, or every file of a folder, in an order that does not depend on the file system.
fn files_under(path: &Path) -> Result<Vec<PathBuf>, XtaskError> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(XtaskError::file(path, "read"))? {
        found.extend(files_under(&entry.map_err(XtaskError::file(path, "read"))?.path())?);
    }
    found.sort();
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Writes a brotli twin beside every file that is worth it, for the proxy to serve, and weighs wasm and js.
fn compress(dist: &Path) -> Result<Weight, XtaskError> {
    let mut weight = Weight::default();
    for file in files_under(dist)? {
        let extension = file
            .extension()
            .map(|extension| extension.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !matches!(extension.as_str(), "wasm" | "js" | "css" | "svg") {
            continue;
        }
        let content = fs::read(&file).map_err(XtaskError::file(&file, "read"))?;
        let packed = brotli(&content).map_err(XtaskError::file(&file, "compressed"))?;
        match extension.as_str() {
            "wasm" => weight.wasm += packed.len(),
            "js" => weight.js += packed.len(),
            _ => {}
        }
        let twin = file.with_file_name(format!("{}.br", name_of(&file)));
        fs::write(&twin, packed).map_err(XtaskError::file(&twin, "written"))?;
    }
    Ok(weight)
}

fn brotli(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 24);
    writer.write_all(content)?;
    writer.flush()?;
    drop(writer);
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_over_the_budget_is_refused() {
        let mut tools = Tools {
            wasm_opt: Some("wasm-opt".into()),
        };
        let weight = |wasm| Weight { wasm, js: 10_000 };
        let most = usize::try_from(BUDGET * 1_000 - 10_000).expect("it fits");
        assert!(weight(most).within_budget(&tools).is_ok());
        assert!(weight(most + 1).within_budget(&tools).is_err());
        tools.wasm_opt = None;
        assert!(weight(most + 1).within_budget(&tools).is_ok());
    }

    #[test]
    fn a_stamp_of_another_form_is_no_stamp() {
        assert_eq!(
            Weight::read("465000 10000"),
            Some(Weight {
                wasm: 465_000,
                js: 10_000
            })
        );
        assert_eq!(Weight::read("450000"), None);
    }

    #[test]
    fn what_is_packed_can_be_unpacked() {
        let text = "gate ".repeat(1000);
        let packed = brotli(text.as_bytes()).expect("packs");
        assert!(packed.len() < 100);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).expect("unpacks");
        assert_eq!(unpacked, text.as_bytes());
    }
}
