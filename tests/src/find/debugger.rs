//! Chromium's own tree of roles and names, by its debugger: in one question, and with what is hidden left out.

use serde_json::{Value, json};
use thirtyfour::{By, WebElement};

use super::{Found, Name, Scope};
use crate::{Browser, Result};

impl Browser {
    pub(super) async fn all_by_debugger(&self, scope: Scope, role: &str, name: &Name) -> Result<Vec<Found>> {
        let cdp = self.driver().cdp();
        let target = match scope {
            Scope::Page => {
                let document = cdp.send_raw("DOM.getDocument", json!({ "depth": 0 })).await?;
                json!({ "nodeId": document["root"]["nodeId"], "role": role })
            }
            Scope::Within(node) => json!({ "backendNodeId": node, "role": role }),
        };
        let answer = cdp.send_raw("Accessibility.queryAXTree", target).await?;
        let nodes = answer["nodes"].as_array().cloned().unwrap_or_default();
        Ok(nodes
            .iter()
            .filter(|node| node["ignored"] != Value::Bool(true))
            .filter_map(|node| {
                let found = node["name"]["value"].as_str().unwrap_or("").to_owned();
                let states = node["properties"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|property| {
                        Some((
                            property["name"].as_str()?.to_owned(),
                            property["value"]["value"].clone(),
                        ))
                    });
                let description = node["description"]["value"].as_str().unwrap_or("").to_owned();
                let node = node["backendDOMNodeId"].as_i64()?;
                name.fits(&found).then(|| Found {
                    name: found,
                    description,
                    node,
                    states: states.collect(),
                })
            })
            .collect())
    }

    pub(super) async fn element_by_debugger(&self, found: &Found) -> Result<WebElement> {
        let cdp = self.driver().cdp();
        let object = cdp
            .send_raw("DOM.resolveNode", json!({ "backendNodeId": found.node }))
            .await?;
        let mark = format!("found-{}", found.node);
        cdp.send_raw(
            "Runtime.callFunctionOn",
            json!({
                "objectId": object["object"]["objectId"],
                "functionDeclaration": "function (mark) { this.setAttribute('data-test-found', mark); }",
                "arguments": [{ "value": mark }],
            }),
        )
        .await?;
        Ok(self
            .driver()
            .find(By::Css(format!("[data-test-found='{mark}']")))
            .await?)
    }
}
