//! What a captain does on the pages of a session, in a captain's words.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use holdpoint_domain::session::SessionId;
use serde_json::json;

use crate::browser::Browser;
use crate::client::Client;
use crate::commands::{RELEASED_SHA, RELEASED_VERSION};
use crate::find::{Found, Name, Scope};
use crate::{DriverError, Result, TestProxy};

/// How long one step may take with all its gates.
const STEP: Duration = Duration::from_secs(60);
/// How long the page may take to notice that the proxy went or came.
const UNTIL_CONNECTED: Duration = Duration::from_secs(30);

impl Browser {
    /// Signs in by the link, and starts a golden release as a captain does: from the home page, by the form.
    ///
    /// # Errors
    /// One of these pages does not come up.
    pub async fn begin_golden_release(&self, proxy: &TestProxy) -> Result<SessionId> {
        self.sign_in(&proxy.sign_in_link()?).await?;
        self.click("link", Name::begins("Start Golden release")).await?;
        self.start_session("Rehearsal", "Robin Captain").await
    }

    /// Fills in the form that starts a session, and starts it.
    ///
    /// # Errors
    /// The form is not there, or the session does not start.
    pub async fn start_session(&self, environment: &str, captain: &str) -> Result<SessionId> {
        self.choose("Environment", environment).await?;
        self.fill("Version", RELEASED_VERSION).await?;
        self.fill("Git commit", RELEASED_SHA).await?;
        self.fill("Your name", captain).await?;
        self.click("button", "Start session").await?;
        self.session_on_screen(None).await
    }

    /// The session whose page is shown, once it is another one than before.
    ///
    /// # Errors
    /// No session's page comes up.
    pub async fn session_on_screen(&self, before: Option<SessionId>) -> Result<SessionId> {
        let since = Instant::now();
        loop {
            let path = self.path().await?;
            let id = path
                .strip_prefix("/sessions/")
                .and_then(|id| id.split('?').next()?.parse().ok());
            match id {
                Some(id) if Some(id) != before => return Ok(id),
                _ if since.elapsed() > Duration::from_secs(20) => {
                    let seen = format!("The browser is at {path}. The page says:\n{}", self.text().await?);
                    return Err(DriverError::TimedOut {
                        what: "a session's page".into(),
                        waited: since.elapsed(),
                        seen,
                    });
                }
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// The one word that says how the session stands.
    ///
    /// # Errors
    /// This is no session's page.
    pub async fn standing(&self) -> Result<String> {
        let found = self.find("status", "Standing").await?;
        Ok(self.text_of(&found).await?.trim().to_owned())
    }

    /// Waits until the session stands so.
    ///
    /// # Errors
    /// It does not.
    pub async fn until_standing(&self, word: &str) -> Result<()> {
        let what = format!("the session to stand at {word}");
        self.until(&what, STEP, || async { Ok(self.standing().await?.ends_with(word)) })
            .await
    }

    /// What the page says of its connection: `Live`, `Offline`, how many commands wait.
    ///
    /// # Errors
    /// This is no session's page.
    pub async fn connection(&self) -> Result<String> {
        let found = self.find("status", "Connection").await?;
        self.text_of(&found).await
    }

    /// Waits until the page says this of its connection.
    ///
    /// # Errors
    /// It does not.
    pub async fn until_connection(&self, word: &str) -> Result<()> {
        let what = format!("the connection to be “{word}”");
        self.until(&what, UNTIL_CONNECTED, || async {
            Ok(self.connection().await?.contains(word))
        })
        .await
    }

    /// Waits until the page says anything but this of its connection.
    ///
    /// # Errors
    /// It goes on saying it.
    pub async fn until_connection_is_not(&self, word: &str) -> Result<()> {
        let what = format!("the connection to be “{word}” no more");
        self.until(&what, UNTIL_CONNECTED, || async {
            Ok(!self.connection().await?.contains(word))
        })
        .await
    }

    /// Waits until the outline says that so many steps are done: `1 of 7`.
    ///
    /// # Errors
    /// It does not.
    pub async fn until_done(&self, done: &str) -> Result<()> {
        let what = format!("the outline to say {done}");
        self.until(&what, STEP, || async {
            let outline = self.find("navigation", "Steps").await?;
            Ok(self.text_of(&outline).await?.to_lowercase().contains(done))
        })
        .await
    }

    /// Waits until a step with this title is shown.
    ///
    /// # Errors
    /// It is not.
    pub async fn until_step(&self, title: &str) -> Result<()> {
        self.find("article", Name::begins(title)).await.map(|_| ())
    }

    /// How the outline says that a step stands: `done`, `current`, `failed`, `later`.
    ///
    /// # Errors
    /// There is no such step.
    pub async fn step_state(&self, title: &str) -> Result<String> {
        let outline = self.find("navigation", "Steps").await?;
        Ok(self
            .find_in(outline.scope(), "button", Name::contains(title))
            .await?
            .description)
    }

    /// Whether nothing holds and nothing is over.
    ///
    /// # Errors
    /// This is no session's page.
    pub async fn goes_on(&self) -> Result<bool> {
        let standing = self.standing().await?;
        Ok(["GO", "GO ON WITH CAUTION", "ROLLING BACK", "RESPONDING"]
            .iter()
            .any(|word| standing.ends_with(word)))
    }

    /// Does a step once it is the shown one: ticks it, or runs its gates. Gives once the step is done, or something holds.
    ///
    /// # Errors
    /// Nothing comes of it.
    pub async fn do_step(&self, title: &str) -> Result<()> {
        let since = Instant::now();
        while !self.step_state(title).await?.contains("done") && self.goes_on().await? {
            if since.elapsed() > STEP {
                let seen = format!("The page says:\n{}", self.text().await?);
                return Err(DriverError::TimedOut {
                    what: format!("“{title}” to be done"),
                    waited: since.elapsed(),
                    seen,
                });
            }
            for button in ["Tick step", "Done, now check", "Run gate"] {
                let buttons = self.all(Scope::Page, "button", Name::begins(button)).await?;
                if let Some(first) = buttons.iter().find(|button| !button.is_disabled())
                    && self.click_for_step(first, title).await?
                {
                    break;
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// Clicks a button only if it still belongs to the step of this title: between finding and clicking, a gate's verdict
    /// may have brought the next step, with the same buttons, into the place of this one.
    async fn click_for_step(&self, button: &Found, title: &str) -> Result<bool> {
        let script = "const [button, title] = arguments; const step = button.isConnected && button.closest('article'); \
            const here = !!step && step.querySelector('h2').textContent.startsWith(title); if (here) button.click(); return here;";
        let Ok(element) = self.element(button).await else {
            return Ok(false);
        };
        let clicked = self
            .driver()
            .execute(script, vec![element.to_json()?, json!(title)])
            .await;
        Ok(clicked.is_ok_and(|here| *here.json() == true))
    }

    /// Opens a note by its key, writes it and saves it.
    ///
    /// # Errors
    /// The note's dialog is not there.
    pub async fn write_note(&self, text: &str) -> Result<()> {
        self.press("n").await?;
        let dialog = self.find("dialog", "Add a note").await?;
        let note = self.find_in(dialog.scope(), "textbox", Name::begins("Note")).await?;
        self.element(&note).await?.send_keys(text).await?;
        self.click_in(dialog.scope(), "button", Name::begins("Save note")).await
    }

    /// Rolls a held golden release back as its hold offers it, to the end, and closes both sessions. Gives the rollback's.
    ///
    /// # Errors
    /// One of the pages does not come up, or the rollback does not go on.
    pub async fn roll_back(&self, release: SessionId, client: &Client) -> Result<SessionId> {
        let hold = self.find("region", "Hold").await?;
        self.click_in(hold.scope(), "button", Name::begins("Start rollback"))
            .await?;
        let dialog = self.find("dialog", "Start the rollback?").await?;
        self.click_in(dialog.scope(), "button", Name::begins("Start rollback"))
            .await?;
        let rollback = self.session_on_screen(Some(release)).await?;
        self.find("heading", "Perfect rollback").await?;
        // The operators undo what they did, and with it what was wrong in the database.
        client.set_fault("overloaded_rpc", false).await?;
        for title in [
            "FREEZE",
            "REDEPLOY",
            "ROLL BACK THE DATABASE",
            "VERIFY THE ROLLBACK",
            "RESTORE",
        ] {
            self.do_step(title).await?;
            if !self.goes_on().await? {
                return Err(DriverError::Unexpected {
                    what: format!("The rollback after {title}"),
                    found: self.text().await?,
                });
            }
        }
        self.close_session("Completed", "The previous version is back.").await?;
        self.until_standing("COMPLETED").await?;
        self.go(&format!("/sessions/{release}")).await?;
        self.until_standing("ROLLBACK FINISHED").await?;
        self.close_session("Rolled back", "An RPC was overloaded.").await?;
        self.until_standing("ROLLED BACK").await?;
        Ok(rollback)
    }

    /// Closes the session.
    ///
    /// # Errors
    /// It cannot be closed so.
    pub async fn close_session(&self, outcome: &str, summary: &str) -> Result<()> {
        self.click("button", "Close session").await?;
        let dialog = self.find("dialog", Name::Any).await?;
        self.click_in(dialog.scope(), "radio", Name::begins(outcome)).await?;
        let summary_box = self.find_in(dialog.scope(), "textbox", Name::begins("Summary")).await?;
        self.element(&summary_box).await?.send_keys(summary).await?;
        self.click_in(dialog.scope(), "button", "Close session").await
    }

    /// Exports the session in a format, from its page's menu, and gives the file and its content.
    ///
    /// # Errors
    /// There is no such format, or no file in time.
    pub async fn export(&self, format: &str, ending: &str) -> Result<(PathBuf, String)> {
        self.click("DisclosureTriangle", "Export").await?;
        self.click("link", format).await?;
        let folder = self.downloads();
        let since = Instant::now();
        loop {
            let files = std::fs::read_dir(&folder).map_err(DriverError::io("looking for the download"))?;
            let files: Vec<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
            // A download that is still running has another ending, or (Firefox) is still empty.
            let found = files
                .iter()
                .find(|path| path.extension().is_some_and(|own| own == ending));
            if let Some(path) = found {
                let text = std::fs::read_to_string(path).map_err(DriverError::io("reading the download"))?;
                if !text.is_empty() {
                    return Ok((path.clone(), text));
                }
            }
            if since.elapsed() > Duration::from_secs(20) {
                return Err(DriverError::TimedOut {
                    what: format!("a download that ends with {ending}"),
                    waited: since.elapsed(),
                    seen: format!("The folder holds {files:?}. The page says:\n{}", self.text().await?),
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
