//! A step's title, with what stands in brackets at its end set back.

use leptos::prelude::*;

/// `VERIFY (check the contract against the truth)` as the title and what explains it. Brackets in the middle of a title
/// belong to its sentence.
#[must_use]
pub fn title_and_aside(title: &str) -> (&str, Option<&str>) {
    match title.rfind(" (") {
        Some(at) if at > 0 && title.ends_with(')') && !title[at + 2..title.len() - 1].contains(')') => {
            (&title[..at], Some(&title[at + 1..]))
        }
        _ => (title, None),
    }
}

/// A step's title, whole, in two weights.
#[component]
pub fn StepTitle(#[prop(into)] title: String) -> impl IntoView {
    let (main, aside) = title_and_aside(&title);
    let aside = aside.map(|aside| view! { " "<span class="title-aside">{aside.to_owned()}</span> });
    view! { {main.to_owned()}{aside} }
}

#[cfg(test)]
mod tests {
    use super::title_and_aside;

    #[test]
    fn sets_back_what_stands_in_brackets_at_the_end() {
        let table = [
            ("VERIFY (check the truth)", ("VERIFY", Some("(check the truth)"))),
            ("CI (GitHub Actions) is green", ("CI (GitHub Actions) is green", None)),
            ("One (a) two (b)", ("One (a) two", Some("(b)"))),
            ("Call f(x)", ("Call f(x)", None)),
            ("(all of it)", ("(all of it)", None)),
        ];
        for (title, expected) in table {
            assert_eq!(title_and_aside(title), expected, "{title}");
        }
    }
}
