//! Making the built page small: wasm-opt, short names between wasm and js, and a minified js.
//!
//! Each step that needs a tool which is not there is left out: the page then works the same and is larger.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command::Quiet;
use crate::error::XtaskError;
use crate::place::Place;
use crate::prepare::Tools;

/// What wasm-opt does. Flattening first and giving the blocks their shape anew, twice, and inlining less than `-Oz` would:
/// together a fiftieth of the page. Nothing of ours is in the lowest kilobyte of memory but the last of a stack that is about to
/// overflow, and with that said an offset can stand in the load or store itself.
const PASSES: [&str; 9] = [
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--always-inline-max-function-size=1",
    "--one-caller-inline-max-function-size=30",
    "--strip-debug",
    "--strip-producers",
];

/// The module name that wasm-opt gives to a program's only module of imports.
const SHORT_MODULE: &str = "a";

/// Makes what Trunk built smaller. Files get new names, because a file's name stands for its content in browsers' caches.
pub fn shrink(place: &Place, tools: &Tools) -> Result<(), XtaskError> {
    let dist = place.dist();
    let wasm = only(&dist, "_bg.wasm", "which wasm file the page loads")?;
    let stem = name_of(&wasm).trim_end_matches("_bg.wasm").to_owned();
    let name = stem.rsplit_once('-').map_or(stem.as_str(), |(name, _)| name).to_owned();
    let script = only(&dist, ".js", "which script starts the wasm")?;
    let mut text = fs::read_to_string(&script).map_err(XtaskError::file(&script, "read"))?;
    text = without_streams(&text);
    if let Some(program) = &tools.wasm_opt {
        let smaller = optimise(place, program, &wasm)?;
        let (content, shortened) = match smaller.names.and_then(|names| shorten(&text, &names)) {
            Some(shortened) => (smaller.short, shortened),
            None => (smaller.plain, text),
        };
        text = shortened;
        let content = fs::read(&content).map_err(XtaskError::file(&content, "read"))?;
        replace(&dist, &wasm, &format!("{name}-{{}}_bg.wasm"), &content)?;
    }
    fs::write(&script, &text).map_err(XtaskError::file(&script, "written"))?;
    if let Some(program) = &tools.esbuild {
        let minified = place.logs().join("page.min.js");
        Quiet::new(place, "page: esbuild", program)
            .args(["--minify", "--format=esm", "--log-level=warning"])
            .args([format!("--outfile={}", minified.display())])
            .args([&script])
            .run()?;
        text = fs::read_to_string(&minified).map_err(XtaskError::file(&minified, "read"))?;
    }
    replace(&dist, &script, &format!("{name}-{{}}.js"), text.as_bytes())
}

/// What wasm-opt made: once with the names as they were, once with short ones.
struct Smaller {
    plain: PathBuf,
    short: PathBuf,
    /// Which names the short ones stand for; none where this wasm-opt does not say it in a way that is known here.
    names: Option<Names>,
}

fn optimise(place: &Place, program: &Path, wasm: &Path) -> Result<Smaller, XtaskError> {
    // What Rust's wasm32-unknown-unknown emits; without them wasm-opt refuses the file.
    let features = [
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ];
    let (plain, short) = (place.logs().join("plain.wasm"), place.logs().join("short.wasm"));
    Quiet::new(place, "page: wasm-opt", program)
        .args(PASSES)
        .args(features)
        .arg_pair("-o", &plain)
        .args([wasm])
        .run()?;
    let said = Quiet::new(place, "page: short names", program)
        .args(["--minify-imports-and-exports-and-modules"])
        .args(features)
        .arg_pair("-o", &short)
        .args([&plain])
        .run_silently()?;
    Ok(Smaller {
        plain,
        short,
        names: Names::read(&said),
    })
}

/// Names that wasm-opt made short: of what the wasm takes from the script, and of what it gives to it.
#[derive(Debug, Deserialize)]
struct Names {
    /// Module, name, short name.
    imports: Vec<(String, String, String)>,
    /// Name, short name.
    exports: Vec<(String, String)>,
}

impl Names {
    fn read(said: &str) -> Option<Self> {
        serde_json::from_str(said.get(said.find('{')?..)?).ok()
    }
}

/// The script with the short names. None where it is not written as expected: a script that speaks of other names than its
/// wasm would be a page that does not start.
fn shorten(script: &str, names: &Names) -> Option<String> {
    let mut text = script.to_owned();
    let (module, _, _) = names.imports.first()?;
    if names.imports.iter().any(|(of, _, _)| of != module) {
        return None;
    }
    text = replace_words(&text, &format!("\"{module}\":"), &format!("{SHORT_MODULE}:"), 1)?;
    for (_, long, short) in &names.imports {
        text = replace_words(&text, &format!("{long}:"), &format!("{short}:"), 1)?;
    }
    for (long, short) in &names.exports {
        let times = words(&text, &format!("wasm.{long}")).count();
        text = replace_words(&text, &format!("wasm.{long}"), &format!("wasm.{short}"), times)?;
    }
    Some(text)
}

/// Replaces a word, which has to be there exactly so many times.
fn replace_words(text: &str, word: &str, by: &str, times: usize) -> Option<String> {
    let places: Vec<usize> = words(text, word).collect();
    if places.len() != times {
        return None;
    }
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    for place in places {
        replaced.push_str(&text[from..place]);
        replaced.push_str(by);
        from = place + word.len();
    }
    replaced.push_str(&text[from..]);
    Some(replaced)
}

/// Where a word stands that is not a part of a longer one.
fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    text.match_indices(word).map(|(place, _)| place).filter(move |place| {
        let before = text[..*place].chars().next_back();
        let after = text[place + word.len()..].chars().next();
        !before.is_some_and(part) && (!word.ends_with(part) || !after.is_some_and(part))
    })
}

/// The script without the classes for streams of server functions. Leptos brings them along, this page has no server
/// functions, and nothing in the script makes one of them.
fn without_streams(script: &str) -> String {
    const REST: &str = "function __wbg_get_imports() {";
    const OURS: &str = "IntoUnderlying";
    let Some(rest) = script.find(REST) else {
        return script.to_owned();
    };
    let classes = script[..rest].matches("class ").count();
    if classes == 0 || classes != script[..rest].matches(&format!("export class {OURS}")).count() {
        return script.to_owned();
    }
    let mut text = script[rest..].to_owned();
    // What unregisters an object of such a class: a statement of a few lines each.
    while let Some(begin) = text.find(&format!("const {OURS}")) {
        let Some(length) = text[begin..].find(";\n") else {
            return script.to_owned();
        };
        text.replace_range(begin..begin + length + 2, "");
    }
    if text.contains(OURS) { script.to_owned() } else { text }
}

/// Writes a file anew under a name that stands for its content, and lets index.html load it.
fn replace(dist: &Path, old: &Path, pattern: &str, content: &[u8]) -> Result<(), XtaskError> {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    let new = pattern.replace("{}", &format!("{:016x}", hasher.finish()));
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(XtaskError::file(&index, "read"))?;
    let before = name_of(old);
    if !html.contains(&before) {
        return Err(XtaskError::Content {
            path: index,
            what: format!("that it loads {before}"),
        });
    }
    fs::remove_file(old).map_err(XtaskError::file(old, "removed"))?;
    let path = dist.join(&new);
    fs::write(&path, content).map_err(XtaskError::file(&path, "written"))?;
    fs::write(&index, html.replace(&before, &new)).map_err(XtaskError::file(&index, "written"))
}

/// The one file of the program whose name ends like this; the service worker is a file of its own.
fn only(dist: &Path, ending: &str, what: &str) -> Result<PathBuf, XtaskError> {
    let files = fs::read_dir(dist).map_err(XtaskError::file(dist, "read"))?;
    let mut found = files
        .filter_map(Result::ok)
        .map(|file| file.path())
        .filter(|path| name_of(path).ends_with(ending) && name_of(path) != "sw.js");
    match (found.next(), found.next()) {
        (Some(path), None) => Ok(path),
        _ => Err(XtaskError::Content {
            path: dist.to_path_buf(),
            what: what.to_owned(),
        }),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "export class IntoUnderlyingSink {\n    free() {}\n}\n\
        if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = IntoUnderlyingSink.prototype.free;\n\
        function __wbg_get_imports() {\n    const import0 = {\n        __wbg_open_1: function(a) { wasm.free_1(a); },\n        \
        __wbg_open_12: function() { wasm.free_12(); },\n    };\n    return { \"./app_bg.js\": import0 };\n}\n\
        const IntoUnderlyingSinkFinalization = (typeof X === 'undefined')\n    ? {}\n    : new X();\nend();\n";

    fn names(text: &str) -> Names {
        Names::read(text).expect("it is read")
    }

    #[test]
    fn names_are_shortened_where_they_stand_and_nowhere_else() {
        let names = names(
            "said before\n{\"imports\": [[\"./app_bg.js\", \"__wbg_open_1\", \"a\"], [\"./app_bg.js\", \"__wbg_open_12\", \"b\"]],
            \"exports\": [[\"free_1\", \"c\"], [\"free_12\", \"d\"], [\"memory\", \"e\"]]}",
        );
        let short = shorten(SCRIPT, &names).expect("it is shortened");
        assert!(short.contains("        a: function(a) { wasm.c(a); },\n"), "{short}");
        assert!(short.contains("        b: function() { wasm.d(); },\n"), "{short}");
        assert!(short.contains("return { a: import0 };"), "{short}");
    }

    #[test]
    fn a_script_that_is_written_otherwise_keeps_its_names() {
        for unknown in [
            "{\"imports\": [[\"./app_bg.js\", \"__wbg_lost\", \"a\"]], \"exports\": []}",
            "{\"imports\": [[\"./other.js\", \"__wbg_open_1\", \"a\"]], \"exports\": []}",
            "{\"imports\": [], \"exports\": []}",
        ] {
            assert_eq!(shorten(SCRIPT, &names(unknown)), None, "{unknown}");
        }
        assert!(Names::read("__wbg_open_1 => a").is_none());
    }

    #[test]
    fn the_classes_of_streams_go_and_classes_of_ours_would_stay() {
        let text = without_streams(SCRIPT);
        assert!(text.starts_with("function __wbg_get_imports()"), "{text}");
        assert!(text.ends_with("}\nend();\n"), "{text}");
        let other = SCRIPT.replace("export class IntoUnderlyingSink", "export class Chart");
        assert_eq!(without_streams(&other), other);
    }
}
