//! What others wrote where it stands among our words: set off, so that neither its letters nor its direction run on into ours.

use leptos::prelude::*;

/// The session's title, with the version in it set off.
#[component]
pub fn Title(#[prop(into)] text: Signal<String>, #[prop(into)] version: Signal<String>) -> impl IntoView {
    move || {
        let (text, version) = (text.get(), version.get());
        match around(&text, &version) {
            Some((before, after)) => {
                view! { {before.to_owned()}<bdi class="said">{version.clone()}</bdi>{after.to_owned()} }.into_any()
            }
            None => text.into_any(),
        }
    }
}

/// What stands before and after the version.
fn around<'a>(text: &'a str, version: &str) -> Option<(&'a str, &'a str)> {
    match version.is_empty() {
        true => None,
        false => text.split_once(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_its_title() {
        for (title, version, found) in [
            (
                "Release v1.4.2 to Production",
                "v1.4.2",
                Some(("Release ", " to Production")),
            ),
            ("Rollback of v1 on Staging", "v1", Some(("Rollback of ", " on Staging"))),
            ("Outage · Production", "v1", None),
            ("Outage · Production", "", None),
        ] {
            assert_eq!(around(title, version), found);
        }
    }
}
