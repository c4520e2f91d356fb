//! Building the page with Trunk, making it small, and weighing it.

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
use crate::shrink::shrink;

/// What wasm and js weigh together at most, in kB (1,000 bytes) of brotli.
const BUDGET: u32 = 180;

/// What the page is made from. The rest of the repository can change without building it again.
const INPUTS: [&str; 10] = [
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "style",
    "src/app",
    "src/domain/Cargo.toml",
    "src/domain/src",
    "src/xtask/src/page.rs",
    "src/xtask/src/shrink.rs",
];

/// What the page weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// Bytes of wasm + js in brotli.
    pub bytes: usize,
}

impl Weight {
    /// Says what the page weighs.
    ///
    /// # Errors
    /// It is over the budget, and the tools that make it small were there.
    pub fn within_budget(self, tools: &Tools) -> Result<(), XtaskError> {
        #[expect(clippy::cast_precision_loss, reason = "a page is far smaller than 2^52 bytes")]
        let kilobytes = self.bytes as f64 / 1000.0;
        let over = kilobytes > f64::from(BUDGET);
        let small = tools.wasm_opt.is_some() && tools.esbuild.is_some();
        let words = match (over, small) {
            (false, _) => "within",
            (true, true) => "over",
            (true, false) => "for want of a tool over",
        };
        println!("  page: wasm + js {kilobytes:.1} kB brotli, {words} the budget of {BUDGET} kB");
        if over && small {
            return Err(XtaskError::Budget {
                kilobytes,
                budget: BUDGET,
            });
        }
        Ok(())
    }
}

/// Builds the page, unless nothing that it is made from has changed.
pub fn build(place: &Place, tools: &Tools) -> Result<Weight, XtaskError> {
    let made_from = fingerprint(place, tools)?;
    let stamp = place.logs().join("page.stamp");
    if let Some(weight) = unchanged(place, &stamp, &made_from) {
        println!("  ✓ page: unchanged");
        return Ok(weight);
    }
    // A page that is only half there must never pass for a whole one.
    if stamp.exists() {
        fs::remove_file(&stamp).map_err(XtaskError::file(&stamp, "removed"))?;
    }
    Quiet::new(place, "page (Trunk, release mode)", place.tool("trunk"))
        .args([
            "build",
            "--release",
            "--offline",
            "--no-sri",
            "true",
            "--dist",
            "dist",
            "index.html",
        ])
        .env("PATH", path_with(&place.tools.join("bin")))
        .env("RUSTFLAGS", rust_flags())
        // Trunk takes NO_COLOR=1 for an invalid value of its own flag of that name.
        .without("NO_COLOR")
        .run()?;
    shrink(place, tools)?;
    let weighing = Progress::begin("page: brotli");
    let weight = compress(&place.dist())?;
    weighing.end();
    fs::write(&stamp, format!("{made_from}\n{}\n", weight.bytes)).map_err(XtaskError::file(&stamp, "written"))?;
    Ok(weight)
}

/// One type for all views instead of one for each, and no folder of this machine in what people load.
fn rust_flags() -> String {
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
    let hidden = folders.map(|(path, name)| format!(" --remap-path-prefix={}={name}", path.display()));
    format!("--cfg erase_components{}", hidden.collect::<String>())
}

fn unchanged(place: &Place, stamp: &Path, made_from: &str) -> Option<Weight> {
    let text = fs::read_to_string(stamp).ok()?;
    let (stamped, bytes) = text.trim_end().split_once('\n')?;
    let there = place.dist().join("index.html").is_file();
    (there && stamped == made_from).then_some(Weight {
        bytes: bytes.parse().ok()?,
    })
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
    hasher.write_u8(u8::from(tools.esbuild.is_some()));
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
    let mut bytes = 0;
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
        if matches!(extension.as_str(), "wasm" | "js") {
            bytes += packed.len();
        }
        let twin = file.with_file_name(format!("{}.br", name_of(&file)));
        fs::write(&twin, packed).map_err(XtaskError::file(&twin, "written"))?;
    }
    Ok(Weight { bytes })
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
            esbuild: Some("esbuild".into()),
        };
        assert!(Weight { bytes: 180_000 }.within_budget(&tools).is_ok());
        assert!(Weight { bytes: 180_001 }.within_budget(&tools).is_err());
        tools.esbuild = None;
        assert!(Weight { bytes: 200_000 }.within_budget(&tools).is_ok());
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
