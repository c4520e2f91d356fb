//! What the address of a start's form fills in: nobody is linked by it, and people check it before they start.

use holdpoint_domain::wire::EnvironmentBrief;
use leptos::prelude::*;

use crate::components::start_form::StartValues;

/// `?environment=prod&version=v1.4.2&git_sha=a1b2c3d`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledIn {
    environment: Option<String>,
    version: Option<String>,
    git_sha: Option<String>,
}

impl FilledIn {
    pub fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let said = |key| value(key).filter(|value: &String| !value.trim().is_empty());
        Self {
            environment: said("environment"),
            version: said("version"),
            git_sha: said("git_sha"),
        }
    }

    /// The same for a form without fields for version and commit.
    pub fn without_version(self) -> Self {
        Self {
            environment: self.environment,
            ..Self::default()
        }
    }

    /// Fills these values in, and says whether there were any. An environment that there is none of is left out.
    pub fn put_into(self, values: &mut StartValues, environments: &[EnvironmentBrief]) -> bool {
        let known = |name: &String| environments.iter().any(|one| one.name == *name);
        let environment = self.environment.filter(known);
        let any = environment.is_some() || self.version.is_some() || self.git_sha.is_some();
        let into = [
            (environment, &mut values.environment),
            (self.version, &mut values.version),
            (self.git_sha, &mut values.git_sha),
        ];
        for (said, value) in into {
            if let Some(said) = said {
                *value = said;
            }
        }
        any
    }
}

#[component]
pub fn ByAddressNotice() -> impl IntoView {
    view! {
        <p class="notice beside">
            "The link that led here filled in what stands below. Check it before you start: this is a session of its own, and is linked with no other."
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fills_in_what_it_names_and_no_environment_that_there_is_not() {
        let environments = ["dev", "prod"].map(|name| EnvironmentBrief {
            name: name.to_owned(),
            title: name.to_owned(),
            production: false,
            rehearsal: false,
            variables: Default::default(),
            gates: Vec::new(),
        });
        for (said, expected, any) in [
            (vec![], ["dev", "", ""], false),
            (vec![("environment", "nowhere")], ["dev", "", ""], false),
            (vec![("version", "  ")], ["dev", "", ""], false),
            (vec![("version", "v2")], ["dev", "v2", ""], true),
            (
                vec![("environment", "prod"), ("version", "v2"), ("git_sha", "a1b2c3d")],
                ["prod", "v2", "a1b2c3d"],
                true,
            ),
        ] {
            let mut values = StartValues {
                environment: "dev".to_owned(),
                ..StartValues::default()
            };
            let value = |key: &str| {
                said.iter()
                    .find(|(name, _)| *name == key)
                    .map(|(_, value)| (*value).to_owned())
            };
            let filled = FilledIn::of(value).put_into(&mut values, &environments);
            assert_eq!(filled, any, "{said:?}");
            let mut hidden = StartValues::default();
            FilledIn::of(value)
                .without_version()
                .put_into(&mut hidden, &environments);
            assert_eq!(
                (hidden.version, hidden.git_sha),
                (String::new(), String::new()),
                "{said:?}"
            );
            assert_eq!(
                [values.environment, values.version, values.git_sha],
                expected,
                "{said:?}"
            );
        }
    }
}
