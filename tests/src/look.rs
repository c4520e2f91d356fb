//! How a page looks in the browser: sizes, colours, pictures, and what axe-core and the console object to.

use serde_json::json;

use crate::system::write;
use crate::{Browser, DriverError, Result, repository};

/// The colours that the person prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// In the order in which pages are looked at.
    pub const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    /// In file names and media queries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Browser {
    /// Sets the size of the page in CSS pixels; below 500 px as a phone, with a phone's sharpness.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn size(&self, width: u32, height: u32) -> Result<()> {
        let phone = width < 500;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": if phone { 2 } else { 1 }, "mobile": phone });
        self.driver()
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", size)
            .await?;
        // Two frames later the page was laid out anew. A script may take 30 seconds.
        self.script("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
            .await?;
        Ok(())
    }

    /// Prefers these colours from now on, and no motion, so that pictures are alike.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn theme(&self, theme: Theme) -> Result<()> {
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.driver()
            .cdp()
            .send_raw("Emulation.setEmulatedMedia", json!({ "features": features }))
            .await?;
        Ok(())
    }

    /// What axe-core finds wrong with the page, one line for each, and the lists that are none in WebKit: it takes the role of a
    /// list away that has no bullets, unless the role is written down.
    ///
    /// # Errors
    /// axe-core is not installed, or does not run.
    pub async fn axe(&self) -> Result<Vec<String>> {
        let path = repository().join(".tools/axe/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(path).map_err(|_| DriverError::Missing { what: "axe-core" })?;
        // By way of the debugger: a script element would be stopped by the page's own security policy.
        let cdp = self.driver().cdp();
        cdp.send_raw("Runtime.evaluate", json!({ "expression": source }))
            .await?;
        let run = "axe.run(document, { resultTypes: ['violations'] }).then(found => JSON.stringify(found.violations.flatMap(rule => \
                   rule.nodes.map(node => rule.id + ': ' + node.target.join(' ') + ': ' + node.failureSummary.replace(/\\s+/g, ' ')))))";
        let answer = cdp
            .send_raw(
                "Runtime.evaluate",
                json!({ "expression": run, "awaitPromise": true, "returnByValue": true }),
            )
            .await?;
        let found: Option<Vec<String>> = answer["result"]["value"]
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        let mut found = found.ok_or_else(|| DriverError::Unexpected {
            what: "What axe-core says".into(),
            found: answer.to_string(),
        })?;
        let lists = "return [...document.querySelectorAll('ul:not([role]), ol:not([role])')] \
            .filter(list => getComputedStyle(list).listStyleType === 'none').map(list => 'no list in WebKit: ' + list.outerHTML.slice(0, 200))";
        let lists: Vec<String> = serde_json::from_value(self.script(lists).await?).unwrap_or_default();
        found.extend(lists);
        Ok(found)
    }

    /// What the page wrote to the console as errors.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.driver().browser_log().await?;
        Ok(entries
            .into_iter()
            .map(|entry| format!("{entry:?}"))
            .filter(|entry| entry.contains("SEVERE"))
            .collect())
    }

    /// A picture of the page, in `target/screenshots`; where `HOLDPOINT_SCREENSHOTS` is set, the ones that the README and the documents
    /// show are made again in `docs/screenshots`.
    ///
    /// # Errors
    /// The browser does not answer, or the file cannot be written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let png = self.driver().screenshot_as_png().await?;
        let folder = if renews_pictures() && is_shown(name) {
            "docs/screenshots"
        } else {
            "target/screenshots"
        };
        write(&repository().join(folder).join(format!("{name}.png")), &png)
    }
}

/// Whether the pictures of the documents are being made again.
#[must_use]
pub fn renews_pictures() -> bool {
    std::env::var_os("HOLDPOINT_SCREENSHOTS").is_some()
}

/// Whether the README or one of the documents shows the picture of this name.
fn is_shown(name: &str) -> bool {
    let link = format!("screenshots/{name}.png");
    ["README.md", "docs/TOUR.md"]
        .iter()
        .any(|page| std::fs::read_to_string(repository().join(page)).is_ok_and(|text| text.contains(&link)))
}
