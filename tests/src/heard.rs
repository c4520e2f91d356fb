//! What a page gives to people who do not see it: what is spoken, where the focus is, and the tree of roles and names.

use std::time::Duration;

use serde_json::{Value, json};

use crate::find::Scope;
use crate::{Browser, Result};

/// How long the page may take to say something.
const SOON: Duration = Duration::from_secs(15);

impl Browser {
    /// What the live region holds, oldest first.
    ///
    /// # Errors
    /// The browser does not answer, or there is no live region.
    pub async fn announced(&self) -> Result<Vec<String>> {
        let region = self.find("status", "Announcements").await?;
        let element = self.element(&region).await?;
        let said = self
            .driver()
            .execute(
                "return [...arguments[0].children].map(one => one.textContent.trim())",
                vec![element.to_json()?],
            )
            .await?;
        Ok(serde_json::from_value(said.json().clone()).unwrap_or_default())
    }

    /// Waits until one announcement says all of this, in this order.
    ///
    /// # Errors
    /// None does.
    pub async fn until_announced(&self, words: &[&str]) -> Result<()> {
        let what = format!("the live region to say {words:?}");
        let says = |said: &String| {
            let mut rest = said.as_str();
            words.iter().all(|word| match rest.split_once(word) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            })
        };
        let waited = self
            .until(&what, SOON, || async { Ok(self.announced().await?.iter().any(says)) })
            .await;
        match waited {
            Err(error) => Err(crate::DriverError::Unexpected {
                what: format!("The live region ({error})"),
                found: format!("{:?}", self.announced().await?),
            }),
            Ok(()) => Ok(()),
        }
    }

    /// The element that has the focus: its tag, and what names it.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn focused(&self) -> Result<String> {
        let script = "const one = document.activeElement; \
            const copy = one.cloneNode(true); copy.querySelectorAll('[aria-hidden=true]').forEach(hidden => hidden.remove()); \
            return one.tagName.toLowerCase() + ': ' + (one === document.body ? '' : (one.getAttribute('aria-label') || copy.textContent).trim())";
        Ok(self.script(script).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until what has the focus begins so: `h2: DEPLOY`.
    ///
    /// # Errors
    /// It does not.
    pub async fn until_focused(&self, begins: &str) -> Result<()> {
        let what = format!("the focus to be on “{begins}”");
        let waited = self
            .until(&what, SOON, || async { Ok(self.focused().await?.starts_with(begins)) })
            .await;
        match waited {
            Err(error) => Err(crate::DriverError::Unexpected {
                what: format!("The focus ({error})"),
                found: self.focused().await?,
            }),
            Ok(()) => Ok(()),
        }
    }

    /// The page as a screen reader knows it, one line for each thing that has a role and a name, indented by its place.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn tree(&self) -> Result<String> {
        let cdp = self.driver().cdp();
        cdp.send_raw("Accessibility.enable", json!({})).await?;
        let answer = cdp.send_raw("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = answer["nodes"].as_array().cloned().unwrap_or_default();
        let mut lines = String::new();
        if let Some(root) = nodes.first() {
            write_node(&nodes, root, 0, &mut lines);
        }
        Ok(lines)
    }

    /// Whether the whole of what was found is within the window, and nothing lies over its middle.
    ///
    /// # Errors
    /// The browser does not answer, or there is no such thing.
    pub async fn is_in_sight(&self, role: &str, name: &str) -> Result<bool> {
        let Some(found) = self.all(Scope::Page, role, name).await?.into_iter().next() else {
            return Ok(false);
        };
        let element = self.element(&found).await?;
        let script = "const one = arguments[0], box = one.getBoundingClientRect(); \
            const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2); \
            return box.height > 0 && box.top >= -1 && box.bottom <= innerHeight + 1 && box.left >= -1 && box.right <= innerWidth + 1 \
                && !!seen && (one.contains(seen) || seen.contains(one))";
        Ok(*self.driver().execute(script, vec![element.to_json()?]).await?.json() == true)
    }
}

/// Roles that say nothing by themselves, and pieces of text that their element's name repeats.
const SILENT: [&str; 7] = [
    "none",
    "generic",
    "InlineTextBox",
    "ListMarker",
    "LayoutTable",
    "LineBreak",
    "StaticText",
];

fn write_node(nodes: &[Value], node: &Value, depth: usize, into: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let name = node["name"]["value"].as_str().unwrap_or_default().trim();
    let is_shown = node["ignored"] != Value::Bool(true) && !SILENT.contains(&role);
    if is_shown {
        into.push_str(&"  ".repeat(depth));
        into.push_str(role);
        if !name.is_empty() {
            into.push_str(&format!(" “{name}”"));
        }
        for property in node["properties"].as_array().into_iter().flatten() {
            let (name, value) = (&property["name"], &property["value"]["value"]);
            if let Some(state @ ("disabled" | "expanded" | "checked" | "live")) = name.as_str() {
                into.push_str(&format!(
                    " {state}={}",
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                ));
            }
        }
        into.push('\n');
    }
    for child in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = nodes.iter().find(|one| one["nodeId"] == *child) {
            write_node(nodes, child, depth + usize::from(is_shown), into);
        }
    }
}
