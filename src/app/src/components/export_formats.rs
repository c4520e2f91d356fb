//! The formats that a session can be exported in, each with a word on what it is for.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The format's name in an address, its name for people, and its use.
const FORMATS: [(&str, &str, &str); 5] = [
    ("md", "Markdown", "the report, to edit and fill in"),
    ("html", "HTML", "the report as a page, to read and print"),
    ("json", "JSON", "the log with its chain, for holdpoint verify"),
    ("csv", "CSV", "the timeline as a table, for spreadsheets"),
    ("zip", "Zip", "all of these and what every gate said, to keep"),
];

/// An item of a list for each format.
#[component]
pub fn ExportFormats(
    /// Where the session is downloaded in a format.
    #[prop(into)]
    url: Callback<&'static str, String>,
) -> impl IntoView {
    FORMATS.map(|(format, name, usage)| {
        let (named, used) = (format!("export-{format}"), format!("export-{format}-use"));
        let (name_id, usage_id) = (named.clone(), used.clone());
        view! {
            <li>
                <a
                    id=link_id(format)
                    href=url.run(format)
                    download=""
                    rel="external"
                    class="export-format"
                    aria-labelledby=named
                    aria-describedby=used
                >
                    <b id=name_id>{name}</b>
                    <span class="quiet small" id=usage_id>{usage}</span>
                </a>
            </li>
        }
    })
}

fn link_id(format: &str) -> String {
    format!("export-{format}-link")
}

/// Downloads in a format by the link that stands on the page, whether its menu is open or not.
pub fn press_export(format: &str) {
    let link = document().get_element_by_id(&link_id(format));
    if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
        link.click();
    }
}
