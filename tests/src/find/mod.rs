//! Finding things on a page as a screen reader does: by role and accessible name, never by markup.

use std::time::{Duration, Instant};

use serde_json::Value;
use thirtyfour::WebElement;

use crate::browser::{Browser, Engine};
use crate::{DriverError, Result};

mod computed;
mod debugger;

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(15);

/// An accessible name.
#[derive(Clone, Debug)]
pub enum Name {
    /// Exactly this.
    Is(String),
    /// It begins with this.
    Begins(String),
    /// It contains this.
    Contains(String),
    /// Any.
    Any,
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::Is(name.to_owned())
    }
}

impl Name {
    /// A name that begins with this.
    #[must_use]
    pub fn begins(text: &str) -> Self {
        Self::Begins(text.to_owned())
    }

    /// A name that contains this.
    #[must_use]
    pub fn contains(text: &str) -> Self {
        Self::Contains(text.to_owned())
    }

    fn fits(&self, name: &str) -> bool {
        match self {
            Self::Is(wanted) => name.trim() == wanted,
            Self::Begins(wanted) => name.trim().starts_with(wanted.as_str()),
            Self::Contains(wanted) => name.contains(wanted.as_str()),
            Self::Any => true,
        }
    }
}

/// Where to look.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// On the whole page.
    Page,
    /// Within what was found before.
    Within(i64),
}

/// Something on the page.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its accessible name.
    pub name: String,
    /// What describes it further, such as `done` for a step.
    pub description: String,
    /// Its place in what the browser has found, to look within it.
    pub node: i64,
    /// States and properties by name, such as `disabled`, `checked`, `expanded`.
    pub states: Value,
}

impl Found {
    /// To look within it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::Within(self.node)
    }

    /// Whether it says of itself that it cannot be used.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.states.get("disabled") == Some(&Value::Bool(true))
    }
}

impl Browser {
    /// Everything with this role and name, in the order of the page, at this moment. What is hidden from screen readers is not there.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn all(&self, scope: Scope, role: &str, name: impl Into<Name>) -> Result<Vec<Found>> {
        let name = name.into();
        match self.engine() {
            Engine::Chromium => self.all_by_debugger(scope, role, &name).await,
            Engine::Firefox | Engine::WebKit => self.all_as_computed(scope, role, &name).await,
        }
    }

    /// The first thing with this role and name, once it is there.
    ///
    /// # Errors
    /// It does not get there; the error lists what has this role instead.
    pub async fn find_in(&self, scope: Scope, role: &str, name: impl Into<Name>) -> Result<Found> {
        let name = name.into();
        let since = Instant::now();
        loop {
            // A page that is just changing may lose the node that is looked within; it is looked for again.
            let tried = self.all(scope, role, name.clone()).await;
            if let Ok(Some(first)) = tried.as_ref().map(|found| found.first().cloned()) {
                return Ok(first);
            }
            if since.elapsed() > PATIENCE {
                tried?;
                let others: Vec<String> = self
                    .all(scope, role, Name::Any)
                    .await?
                    .into_iter()
                    .map(|found| found.name)
                    .collect();
                return Err(DriverError::TimedOut {
                    what: format!("{role} {name:?}"),
                    waited: since.elapsed(),
                    seen: format!(
                        "With this role there are: {others:?}. The page says:\n{}",
                        self.text().await?
                    ),
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The first thing with this role and name on the page, once it is there.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn find(&self, role: &str, name: impl Into<Name>) -> Result<Found> {
        self.find_in(Scope::Page, role, name).await
    }

    /// Waits until something is so.
    ///
    /// # Errors
    /// It does not get so in time; the error holds what the page says.
    pub async fn until<F: Future<Output = Result<bool>>>(
        &self,
        what: &str,
        patience: Duration,
        mut so: impl FnMut() -> F,
    ) -> Result<()> {
        let since = Instant::now();
        loop {
            // The page may be changing while it is asked, so an error is final only when the time is over.
            let now = so().await;
            if matches!(now, Ok(true)) {
                return Ok(());
            }
            if since.elapsed() > patience {
                now?;
                return Err(DriverError::TimedOut {
                    what: what.to_owned(),
                    waited: since.elapsed(),
                    seen: self.text().await?,
                });
            }
            tokio::time::sleep(Duration::from_millis(80)).await;
        }
    }

    /// Waits until nothing has this role and name any more.
    ///
    /// # Errors
    /// It stays.
    pub async fn until_gone(&self, role: &str, name: &str) -> Result<()> {
        let what = format!("{role} “{name}” to be gone");
        self.until(&what, PATIENCE, || async {
            Ok(self.all(Scope::Page, role, name).await?.is_empty())
        })
        .await
    }

    /// The element behind what was found, to click or to type into.
    ///
    /// # Errors
    /// It is not on the page any more.
    pub async fn element(&self, found: &Found) -> Result<WebElement> {
        match self.engine() {
            Engine::Chromium => self.element_by_debugger(found).await,
            Engine::Firefox | Engine::WebKit => self.element_of(found.node),
        }
    }

    /// The text of what was found, as it is seen.
    ///
    /// # Errors
    /// It is not on the page any more.
    pub async fn text_of(&self, found: &Found) -> Result<String> {
        Ok(self.element(found).await?.text().await?)
    }

    /// Clicks what has this role and name, once it is there and can be used.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn click(&self, role: &str, name: impl Into<Name>) -> Result<()> {
        self.click_in(Scope::Page, role, name).await
    }

    /// As [`Self::click`], within something.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn click_in(&self, scope: Scope, role: &str, name: impl Into<Name>) -> Result<()> {
        let name = name.into();
        let since = Instant::now();
        loop {
            let found = self.find_in(scope, role, name.clone()).await?;
            let tried = if found.is_disabled() {
                Err(DriverError::Unexpected {
                    what: format!("{role} “{}”", found.name),
                    found: "it is disabled".into(),
                })
            } else {
                self.click_element(&found).await
            };
            if tried.is_ok() || since.elapsed() > PATIENCE {
                return tried;
            }
            tokio::time::sleep(Duration::from_millis(80)).await;
        }
    }

    async fn click_element(&self, found: &Found) -> Result<()> {
        let element = self.element(found).await?;
        element.scroll_into_view().await?;
        Ok(element.click().await?)
    }

    /// Types into the text box of this name, in place of what stands there.
    ///
    /// # Errors
    /// There is none.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let found = self.find("textbox", name).await?;
        let element = self.element(&found).await?;
        element.scroll_into_view().await?;
        element.clear().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Chooses an entry of the list of this name.
    ///
    /// # Errors
    /// There is no such list or entry.
    pub async fn choose(&self, name: &str, entry: &str) -> Result<()> {
        let found = self.find("combobox", name).await?;
        let list = thirtyfour::components::SelectElement::new(&self.element(&found).await?).await?;
        Ok(list.select_by_partial_text(entry).await?)
    }
}
