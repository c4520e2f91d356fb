//! Roles and names as every browser computes them for WebDriver (W3C WebDriver, *Get Computed Role* and *Get Computed Label*).
//! It knows of no tree: elements that may have the role are asked one by one.

use std::sync::{Arc, PoisonError};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::WebElement;
use thirtyfour::common::command::{Command, ExtensionCommand};

use super::{Found, Name, Scope};
use crate::{Browser, DriverError, Result};

/// The elements of a scope that a selector fits and that a person can reach: shown, and not behind a modal dialog.
const CANDIDATES: &str = "
    const [scope, selector] = arguments;
    const modal = [...document.querySelectorAll('dialog')].filter(one => one.matches(':modal')).pop();
    const words = ids => (ids || '').split(' ').map(id => document.getElementById(id)?.textContent.trim() || '').join(' ').trim();
    return [...(scope || document).querySelectorAll(selector)]
        .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[aria-hidden=true], [inert]') && (!modal || modal.contains(one)))
        .map(one => ({
            element: one,
            text: one.textContent.trim(),
            description: words(one.getAttribute('aria-describedby')),
            states: { disabled: one.matches(':disabled, [aria-disabled=true]'), checked: !!one.checked },
        }));";

#[derive(Deserialize)]
struct Candidate {
    element: Value,
    text: String,
    description: String,
    states: Value,
}

/// Asks what a browser has computed for an element.
#[derive(Debug)]
struct Computed {
    element: String,
    what: &'static str,
}

impl ExtensionCommand for Computed {
    fn parameters_json(&self) -> Option<Value> {
        None
    }

    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Arc<str> {
        format!("/element/{}/{}", self.element, self.what).into()
    }
}

impl Browser {
    pub(super) async fn all_as_computed(&self, scope: Scope, role: &str, name: &Name) -> Result<Vec<Found>> {
        let within = match scope {
            Scope::Page => Value::Null,
            Scope::Within(node) => self.element_of(node)?.to_json()?,
        };
        let arguments = vec![within, json!(selector(role))];
        let answer = self.driver().execute(CANDIDATES, arguments).await?;
        let candidates: Vec<Candidate> =
            serde_json::from_value(answer.json().clone()).map_err(|error| DriverError::Unexpected {
                what: "What the browser found".into(),
                found: error.to_string(),
            })?;
        let mut all = Vec::new();
        for candidate in candidates {
            let element = WebElement::from_json(candidate.element, self.driver().handle().clone())?;
            // A `summary` has no role of its own (HTML-AAM), and each engine gives it another one.
            let found = if role == DISCLOSURE {
                candidate.text
            } else if is_role(role, &self.computed(&element, "computedrole").await?) {
                self.computed(&element, "computedlabel").await?
            } else {
                continue;
            };
            if name.fits(&found) {
                all.push(Found {
                    name: found,
                    description: candidate.description,
                    node: self.keep(element),
                    states: candidate.states,
                });
            }
        }
        Ok(all)
    }

    async fn computed(&self, element: &WebElement, what: &'static str) -> Result<String> {
        let element = element.element_id().to_string();
        let command = Command::ExtensionCommand(Box::new(Computed { element, what }));
        Ok(self.driver().handle().cmd(command).await?.value()?)
    }

    fn keep(&self, element: WebElement) -> i64 {
        let mut elements = self.elements.lock().unwrap_or_else(PoisonError::into_inner);
        elements.push(element);
        i64::try_from(elements.len() - 1).unwrap_or(i64::MAX)
    }

    pub(super) fn element_of(&self, node: i64) -> Result<WebElement> {
        let elements = self.elements.lock().unwrap_or_else(PoisonError::into_inner);
        let found = usize::try_from(node).ok().and_then(|place| elements.get(place));
        found.cloned().ok_or_else(|| DriverError::Unexpected {
            what: "What was found before".into(),
            found: format!("nothing has the number {node}"),
        })
    }
}

/// Chromium's name for a `summary`, which the tests use.
const DISCLOSURE: &str = "DisclosureTriangle";

/// WebKitGTK calls a `select` a button, since it opens a menu.
fn is_role(wanted: &str, computed: &str) -> bool {
    computed == wanted || (wanted == "combobox" && computed == "button")
}

/// The elements that may have a role.
fn selector(role: &str) -> String {
    let own = match role {
        "button" => "button, input[type=submit], input[type=button]",
        "link" => "a[href]",
        "heading" => "h1, h2, h3, h4, h5, h6",
        "textbox" => "input, textarea",
        "combobox" => "select, input",
        "radio" => "input[type=radio]",
        "checkbox" => "input[type=checkbox]",
        "dialog" => "dialog",
        "navigation" => "nav",
        "region" => "section",
        "status" => "output",
        "article" => "article",
        DISCLOSURE => return "summary".into(),
        _ => return format!("[role={role}]"),
    };
    format!("{own}, [role={role}]")
}
