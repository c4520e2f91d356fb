//! `cargo xtask weigh`: what the page's wasm is made of, crate by crate, so that whoever makes it smaller knows where to look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command::Quiet;
use crate::error::XtaskError;
use crate::page;
use crate::place::Place;
use crate::prepare;

/// How many crates are shown one by one.
const SHOWN: usize = 24;
/// How much is shown of a function's name.
const NAME: usize = 72;

/// One line of twiggy's: a function, a piece of data, or a part of the file's form.
#[derive(Deserialize)]
struct Item {
    name: String,
    shallow_size: u64,
}

/// Everything of one crate.
#[derive(Debug, Default, PartialEq)]
struct Part {
    bytes: u64,
    items: usize,
    largest: (u64, String),
}

/// Builds the page with the names of its functions, and prints how much of it comes from where.
pub fn weigh(place: &Place) -> Result<(), XtaskError> {
    prepare::tools(place)?;
    prepare::twiggy(place)?;
    // wasm-opt takes the names out, and melts small functions into each other.
    let dist = place.logs().join("named");
    page::trunk(place, "page with its names (Trunk)", None, &dist).run()?;
    let listed = Quiet::new(place, "twiggy", place.tool("twiggy"))
        .args(["top", "-n", "1000000", "-f", "json"])
        .args([wasm_in(&dist)?])
        .run_silently()?;
    let items = items(&listed).ok_or_else(|| XtaskError::Content {
        path: place.logs().join("twiggy.log"),
        what: "what the wasm is made of, in the form that is read here".to_owned(),
    })?;
    print!("{}", table(&parts(items)));
    Ok(())
}

fn wasm_in(dist: &Path) -> Result<PathBuf, XtaskError> {
    let files = std::fs::read_dir(dist).map_err(XtaskError::file(dist, "read"))?;
    files
        .filter_map(Result::ok)
        .map(|file| file.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .ok_or_else(|| XtaskError::Content {
            path: dist.to_path_buf(),
            what: "which wasm the page loads".to_owned(),
        })
}

fn items(listed: &str) -> Option<Vec<Item>> {
    serde_json::from_str(listed.get(listed.find('[')?..)?).ok()
}

fn parts(items: Vec<Item>) -> BTreeMap<String, Part> {
    let mut parts = BTreeMap::<String, Part>::new();
    for item in items {
        let Some(name) = part_of(&item.name) else { continue };
        let part = parts.entry(name).or_default();
        part.bytes += item.shallow_size;
        part.items += 1;
        if item.shallow_size > part.largest.0 {
            let name = item
                .name
                .rsplit_once("::h")
                .map_or(item.name.as_str(), |(name, _hash)| name);
            part.largest = (item.shallow_size, name.to_owned());
        }
    }
    parts
}

/// The crate that an item is counted to: that of the function, or of the type whose method it is. What a generic function
/// of Leptos does with a type of ours is Leptos's. None for what is not in the page that people load.
fn part_of(name: &str) -> Option<String> {
    if name.starts_with("custom section") || name.ends_with(" subsection") {
        return None;
    }
    if name.starts_with("data segment") {
        return Some("(data: texts and tables)".to_owned());
    }
    if name.starts_with("import ") || name.starts_with("export ") {
        return Some("(imports and exports)".to_owned());
    }
    // Taking a value apart is the value's.
    for glue in ["core::ptr::drop_in_place<", "core::ptr::drop_glue<"] {
        if let Some(of) = name.strip_prefix(glue) {
            return Some(crate_of(of).unwrap_or_else(|| "core".to_owned()));
        }
    }
    Some(crate_of(name).unwrap_or_else(|| "(no Rust path)".to_owned()))
}

/// The first crate that a path names: of `<[a::B] as c::D>::e` that is `a`, of `<u32 as c::D>::e` it is `c`.
fn crate_of(name: &str) -> Option<String> {
    let mut rest = name;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_alphabetic() || letter == '_') {
        let word_and_more = &rest[start..];
        let end = word_and_more
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .unwrap_or(word_and_more.len());
        let (word, more) = word_and_more.split_at(end);
        // The standard library's names carry its hash: `core[c5930c85a12de822]::fmt`.
        let hash = more.strip_prefix('[').and_then(|more| more.split_once(']'));
        if more.starts_with("::") || hash.is_some_and(|(hash, more)| hash.len() > 9 && more.starts_with("::")) {
            return Some(word.to_owned());
        }
        rest = more;
    }
    None
}

fn table(parts: &BTreeMap<String, Part>) -> String {
    let total: u64 = parts.values().map(|part| part.bytes).sum();
    let mut sorted: Vec<_> = parts.iter().collect();
    sorted.sort_by_key(|(_, part)| std::cmp::Reverse(part.bytes));
    let mut text = format!(
        "\nThe page's wasm before wasm-opt and before compression: {total} bytes without its names.\n\n\
         | crate | bytes | % | items | largest |\n| --- | ---: | ---: | ---: | --- |\n"
    );
    for (name, part) in sorted.iter().take(SHOWN) {
        let (bytes, largest) = &part.largest;
        let short: String = largest.chars().take(NAME).collect();
        let largest = format!("{bytes} `{short}`");
        text += &line(name, part.bytes, total, part.items, &largest);
    }
    let rest = sorted.iter().skip(SHOWN).map(|(_, part)| part);
    let (bytes, items) = rest.fold((0, 0), |(bytes, items), part| (bytes + part.bytes, items + part.items));
    if items > 0 {
        let others = format!("{} others", sorted.len() - SHOWN);
        text += &line(&others, bytes, total, items, "");
    }
    text
}

fn line(name: &str, bytes: u64, total: u64, items: usize, largest: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a page is far smaller than 2^52 bytes")]
    let share = bytes as f64 * 100.0 / total.max(1) as f64;
    format!("| {name} | {bytes} | {share:.1} | {items} | {largest} |\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_counted_to_the_crate_it_is_written_in_or_for() {
        for (name, part) in [
            ("tachys::view::build::<holdpoint_app::Page>", "tachys"),
            (
                "<holdpoint_domain::Step as serde_core::Deserialize>::deserialize",
                "holdpoint_domain",
            ),
            ("<&mut serde_json::Map<K, V> as core::fmt::Debug>::fmt", "serde_json"),
            ("<u32 as serde_core::Serialize>::serialize", "serde_core"),
            (
                "<F as holdpoint_app::live::Tells<T>>::tell::h43a0893ff30c10a7",
                "holdpoint_app",
            ),
            ("<core[c5930c85a12de822]::fmt::Formatter>::pad_integral", "core"),
            ("import ./holdpoint-app_bg.js::__wbg_now_1", "(imports and exports)"),
            ("<[T] as alloc::slice::Concat>::concat", "alloc"),
            ("core::ptr::drop_in_place<alloc::vec::Vec<u8>>", "alloc"),
            ("core::ptr::drop_in_place<&str>", "core"),
            ("data segment \".rodata\"", "(data: texts and tables)"),
            ("__wbindgen_malloc", "(no Rust path)"),
        ] {
            assert_eq!(part_of(name).as_deref(), Some(part), "{name}");
        }
        assert_eq!(part_of("custom section 'producers'"), None);
        assert_eq!(part_of("\"function names\" subsection"), None);
    }

    #[test]
    fn parts_are_summed_and_the_largest_comes_first() {
        let listed = r#"[{"name": "a::x::h0011223344556677", "shallow_size": 10, "shallow_size_percent": 1.0},
            {"name": "b::y", "shallow_size": 25, "shallow_size_percent": 1.0},
            {"name": "a::z", "shallow_size": 5, "shallow_size_percent": 1.0}]"#;
        let parts = parts(items(listed).expect("it is read"));
        assert_eq!((parts["a"].bytes, parts["a"].items), (15, 2));
        assert_eq!(parts["a"].largest, (10, "a::x".to_owned()));
        let table = table(&parts);
        assert!(
            table.contains("| b | 25 | 62.5 | 1 | 25 `b::y` |\n| a | 15 | 37.5 |"),
            "{table}"
        );
    }
}
