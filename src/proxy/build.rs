//! Puts the page into the program: `dist/` as Trunk built it, with compressed twins, or a page that says how to build it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Shorter files do not become much shorter.
const WORTH_COMPRESSING: usize = 1024;
/// Brotli's quality. The last two steps take ten times as long for a few per cent.
const QUALITY: u32 = 9;

const NOT_BUILT: &str = r#"<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Holdpoint</title></head>
  <body>
    <h1>The page was not built</h1>
    <p>This program was compiled without its page. Run <code>cargo xtask run</code>, which builds both.</p>
    <p>The API works all the same: see <a href="/api/openapi.json">/api/openapi.json</a>.</p>
  </body>
</html>
"#;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env("CARGO_MANIFEST_DIR")?).join("../..");
    let dist = root.join("dist");
    let page = PathBuf::from(env("OUT_DIR")?).join("page");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed={}", dist.display());
    if page.exists() {
        fs::remove_dir_all(&page)?;
    }
    fs::create_dir_all(&page)?;
    if dist.join("index.html").is_file() {
        copy(&dist, &page)
    } else {
        fs::write(page.join("index.html"), NOT_BUILT)
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if source.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&source, &target)?;
            continue;
        }
        println!("cargo::rerun-if-changed={}", source.display());
        let bytes = fs::read(&source)?;
        fs::write(&target, &bytes)?;
        let mut twin = source.into_os_string();
        twin.push(".br");
        // The index is changed in each answer, so its twin would be of no use. Whoever built the page may have compressed
        // it already, with more patience.
        let bare = entry.file_name() != "index.html" && target.extension().is_none_or(|ending| ending != "br");
        if bare && bytes.len() > WORTH_COMPRESSING && !Path::new(&twin).is_file() {
            let compressed = compress(&bytes)?;
            if compressed.len() < bytes.len() {
                let mut name = target.into_os_string();
                name.push(".br");
                fs::write(name, compressed)?;
            }
        }
    }
    Ok(())
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, QUALITY, 22);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(compressed)
}

fn env(name: &str) -> io::Result<String> {
    std::env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}
