//! The pipeline of an environment: which runs the watch page shows beside a release.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Secret;

/// Where GitHub itself is asked.
pub const GITHUB_API: &str = "https://api.github.com";

/// A pipeline of GitHub Actions. It names the token's place and never holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// `owner/name`. Taken from the environment's `repository` when absent.
    #[serde(default)]
    pub repository: Option<String>,
    /// The workflow's file, `deploy.yml`, or its number. Every workflow of the repository when absent.
    #[serde(default)]
    pub workflow: Option<String>,
    /// The base address of the API, of GitHub Enterprise for one: `https://github.example.com/api/v3`. GitHub's own when absent.
    #[serde(default)]
    pub api: Option<String>,
    /// Where the token is read. Public repositories need none.
    #[serde(default)]
    pub token: Option<Secret>,
    /// The runbook that explains the pipeline, by its file's name without `.md`.
    #[serde(default)]
    pub runbook: Option<String>,
}

impl Pipeline {
    /// The base address of the API, without a final `/`.
    #[must_use]
    pub fn api(&self) -> &str {
        self.api.as_deref().unwrap_or(GITHUB_API).trim_end_matches('/')
    }

    /// The repository, or the one that the environment's link leads to.
    #[must_use]
    pub fn repository(&self, link: Option<&str>) -> Option<RepositoryName> {
        match &self.repository {
            Some(name) => RepositoryName::parse(name),
            None => RepositoryName::of_link(link?),
        }
    }

    /// The page of the repository for people, without a final `/`: on the API's host without its `api.`. The environment's link says only by which
    /// scheme and port, and only where it leads to that host.
    #[must_use]
    pub fn page(&self, link: Option<&str>) -> Option<String> {
        let name = self.repository(link)?;
        let api = Url::parse(self.api()).ok()?;
        let host = api.host_str()?;
        let host = host.strip_prefix("api.").unwrap_or(host);
        let declared = link
            .filter(|link| RepositoryName::of_link(link).as_ref() == Some(&name))
            .and_then(|link| Url::parse(link).ok())
            .filter(|link| link.host_str() == Some(host));
        let url = declared.as_ref().unwrap_or(&api);
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        Some(format!("{}://{host}{port}/{}/{}", url.scheme(), name.owner, name.name))
    }
}

/// A repository of GitHub. Its parts can stand in an address as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryName {
    /// The user or the organisation.
    pub owner: String,
    /// The repository's own name.
    pub name: String,
}

impl RepositoryName {
    /// Reads `owner/name`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let plain = |part: &str, more: &[u8]| {
            (1..=100).contains(&part.len())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
        };
        let is_name = plain(owner, b"-_") && plain(name, b"-_.") && !matches!(name, "." | "..");
        is_name.then(|| Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The repository that `https://github.com/owner/name` leads to.
    pub(crate) fn of_link(link: &str) -> Option<Self> {
        let url = Url::parse(link).ok()?;
        let path = url.path().trim_matches('/');
        Self::parse(path.strip_suffix(".git").unwrap_or(path))
    }
}

/// Whether a text is the file of a workflow, or a workflow's number.
pub(crate) fn is_workflow(text: &str) -> bool {
    let is_number = !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    let file = text.strip_suffix(".yml").or_else(|| text.strip_suffix(".yaml"));
    let is_file = file.is_some_and(|file| {
        (1..=100).contains(&file.len())
            && file
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    });
    is_number || is_file
}
