//! A gate that was wrong, corrected in `gates.toml`: the session goes on by the declaration that somebody took.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use holdpoint_domain::session::{ClientCommand, SessionId};
use holdpoint_domain::wire::{Accepted, GateDeclaration, SendCommand};
use holdpoint_tests::{Answer, Client, DriverError, Folder, History, Options, Result, SECRET, TestProxy, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);
const STEP: &str = "release/verify";
const GATE: &str = "health";

struct Place {
    server: TestServer,
    folder: Folder,
    proxy: TestProxy,
    client: Client,
    /// As the demo declares it.
    wrong: String,
}

impl Place {
    /// A platform whose health is told elsewhere than the gate asks.
    async fn new() -> Result<Self> {
        let server = TestServer::start().await?;
        server.set("/health", Answer::json(503, r#"{"status": "gone"}"#));
        server.set("/healthz", Answer::json(200, r#"{"status": "ok"}"#));
        let folder = Folder::new(&server.url())?;
        let proxy = TestProxy::start(Options::default().runbooks(folder.path())).await?;
        let client = proxy.sign_in().await?;
        let wrong = std::fs::read_to_string(folder.path().join("gates.toml")).map_err(|source| DriverError::Io {
            doing: "reading gates.toml".to_owned(),
            source,
        })?;
        Ok(Self {
            server,
            folder,
            proxy,
            client,
            wrong,
        })
    }

    /// The gate asks at this path from now on.
    async fn corrected(&mut self, path: &str) -> Result<()> {
        let asked = "[gates.health]\ntitle = \"Service health\"\nplain = \"The service is healthy\"\nkind = \"http\"\n\
                     http = { url = \"{url.api}/health\" }";
        assert_eq!(self.wrong.matches(asked).count(), 1, "the demo's gate");
        let mended = asked.replace(
            "/health\" }",
            &format!("{path}\", headers = {{ \"x-key\" = \"{{secret.key}}\" }} }}"),
        );
        let text = self.wrong.replace(asked, &mended).replace("direct = true\n", "");
        self.folder.write("gates.toml", &text)?;
        self.proxy.restart().await
    }

    /// The release at its second step.
    async fn at_verify(&self) -> Result<SessionId> {
        let session = self.client.begin("demo", "release", "test").await?;
        self.client.tick(session, "release/freeze").await?;
        Ok(session)
    }

    /// Runs the gate, and gives the history once it has one verdict more.
    async fn run(&self, session: SessionId) -> Result<History> {
        let before = self.client.history(session).await?.runs().len();
        self.client.run_gate(session, STEP, GATE).await?;
        let there = |history: &History| history.runs().len() > before && history.running().is_empty();
        self.client.until(session, "the verdict", PATIENCE, there).await
    }

    async fn declaration(&self, session: SessionId, gate: &str) -> Result<GateDeclaration> {
        let path = format!("/api/sessions/{session}/gates/{gate}/declaration");
        let answer = self.client.request(Method::GET, &path).send().await?;
        assert_eq!(answer.status(), 200, "{gate}");
        Ok(answer.json().await?)
    }

    async fn take(&self, session: SessionId, command: &SendCommand) -> Result<Accepted> {
        self.client.send(session, command).await
    }
}

fn taking(digest: &str, reason: &str) -> SendCommand {
    SendCommand {
        id: Uuid::new_v4(),
        actor: "Robin Captain".to_owned(),
        command: ClientCommand::TakeDeclaration {
            gate: GATE.to_owned(),
            digest: digest.to_owned(),
            reason: reason.to_owned(),
        },
    }
}

/// The code of a refusal, and its sentence.
async fn refused(at: &Place, session: SessionId, command: &SendCommand) -> Result<(String, String)> {
    let path = format!("/api/sessions/{session}/commands");
    let answer = at.client.request(Method::POST, &path).json(command).send().await?;
    assert_eq!(answer.status(), 409);
    let body: Value = answer.json().await?;
    let text = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
    Ok((text("code"), text("message")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_a_wrong_gate_holds_goes_on_by_the_corrected_one() -> Result<()> {
    let mut at = Place::new().await?;
    let session = at.at_verify().await?;
    let history = at.run(session).await?;
    assert_eq!(history.standing(), "hold");

    at.corrected("/healthz").await?;
    let history = at.run(session).await?;
    let said = history.verdict(STEP, GATE).expect("there is a verdict").summary;
    assert!(said.contains("Look at the corrected gate and take it"), "{said}");
    assert_eq!(
        at.server.requests_to("/healthz"),
        0,
        "nothing was asked that nobody took"
    );

    let declaration = at.declaration(session, GATE).await?;
    assert!(declaration.changed && !declaration.taken, "{declaration:?}");
    let request = declaration.lines.iter().find(|line| line.label == "Request");
    let request = request.expect("what is asked");
    assert_eq!(
        (request.old.as_deref(), request.new.as_deref()),
        (Some("GET {url.api}/health"), Some("GET {url.api}/healthz"))
    );
    let told = serde_json::to_string(&declaration.lines).expect("JSON");
    assert!(told.contains("{secret.key}") && !told.contains(SECRET), "{told}");

    let digest = declaration.digest.expect("it is declared");
    let command = taking(&digest, "The health is told at /healthz.");
    let accepted = at.take(session, &command).await?;
    assert_eq!(accepted.events.len(), 1);
    let event = serde_json::to_value(&accepted.events[0]).expect("JSON");
    assert_eq!(event["event"]["type"], "declaration_taken");
    assert_eq!(event["event"]["reason"], "The health is told at /healthz.");
    assert_eq!(event["event"]["new"]["digest"], json!(digest));
    assert_eq!(event["actor"]["name"], "Robin Captain");
    // The same command is one effect.
    assert!(at.take(session, &command).await?.repeated);
    assert_eq!(
        refused(&at, session, &taking(&digest, "Again.")).await?.0,
        "declaration_unchanged"
    );

    assert_eq!(
        at.client.history(session).await?.standing(),
        "hold",
        "nothing was asked yet"
    );
    let history = at.run(session).await?;
    assert_eq!(history.standing(), "go");
    assert!(history.is_done(STEP));
    assert_eq!(at.server.requests_to("/healthz"), 1);

    // It outlasts the proxy, and the export proves it.
    at.proxy.restart().await?;
    let declaration = at.declaration(session, GATE).await?;
    assert!(declaration.taken && !declaration.changed, "{declaration:?}");
    assert!(at.run(session).await?.standing() == "go");
    at.folder
        .write("export.json", &at.client.export(session, "json").await?)?;
    let output = holdpoint(&["verify"], &at.folder.path().join("export.json"))?;
    assert!(output.0, "{}", output.1);
    let report = at.client.export(session, "md").await?;
    assert!(
        report.contains("Service health: corrected declaration taken"),
        "{report}"
    );
    assert!(report.contains("The health is told at /healthz."), "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_seen_or_is_not_there_is_not_taken() -> Result<()> {
    let mut at = Place::new().await?;
    let session = at.at_verify().await?;
    at.corrected("/healthz").await?;
    let seen = at.declaration(session, GATE).await?.digest.expect("it is declared");
    // Another one in between.
    at.corrected("/health/live").await?;
    let (code, message) = refused(&at, session, &taking(&seen, "It was wrong.")).await?;
    assert_eq!(code, "declaration_moved");
    assert!(message.contains("otherwise than what you looked at"), "{message}");
    assert_eq!(refused(&at, session, &taking(&seen, " ")).await?.0, "empty");

    // A body carries no declaration.
    let path = format!("/api/sessions/{session}/commands");
    let mut body = serde_json::to_value(taking(&seen, "It was wrong.")).expect("JSON");
    body["command"]["declared"] = json!({"id": GATE});
    let answer = at.client.request(Method::POST, &path).json(&body).send().await?;
    assert_eq!(answer.status(), 400);

    // A gate that is gone.
    let gone = at.wrong.replace("[gates.health]", "[gates.health-was]");
    at.folder.write("gates.toml", &gone)?;
    at.proxy.restart().await?;
    let declaration = at.declaration(session, GATE).await?;
    assert_eq!((declaration.digest, declaration.changed), (None, true));
    assert!(declaration.lines.iter().all(|line| line.new.is_none()));
    let (code, message) = refused(&at, session, &taking(&seen, "It was wrong.")).await?;
    assert_eq!(code, "not_declared");
    assert!(message.contains("does not declare the gate “health”"), "{message}");

    let path = format!("/api/sessions/{session}/gates/nothing/declaration");
    let answer = at.client.request(Method::GET, &path).send().await?;
    assert_eq!(answer.status(), 404);
    assert_eq!(
        at.client.history(session).await?.records().len(),
        2,
        "nothing of it was recorded"
    );
    Ok(())
}

/// Runs `holdpoint`, and gives whether it succeeded and what it said.
fn holdpoint(arguments: &[&str], path: &Path) -> Result<(bool, String)> {
    let output = Command::new(TestProxy::program()?).args(arguments).arg(path).output();
    let output = output.map_err(|source| DriverError::Io {
        doing: "running holdpoint".to_owned(),
        source,
    })?;
    let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Ok((output.status.success(), text.concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there_is_told_at_the_start_and_by_lint() -> Result<()> {
    let at = Place::new().await?;
    let said = "The gate “absent” cannot be asked here in test: there is no program /nowhere/program.";
    let told = || async { at.proxy.output().contains(said) };
    for _ in 0..200 {
        if told().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let output = at.proxy.output();
    assert!(output.contains(said), "{output}");
    assert!(!output.contains("The gate “succeeds”"), "{output}");

    // The demo has an error of its own; what is told of a program is none, because it may be there where the proxy runs.
    let (_, text) = holdpoint(&["lint"], at.folder.path())?;
    assert!(text.contains(": 1 error, "), "{text}");
    let line = at.wrong.lines().position(|line| line.contains("/nowhere/program"));
    let line = line.expect("the demo has it") + 1;
    let found = text.lines().find(|one| one.contains(said));
    let found = found.unwrap_or_else(|| panic!("{text}"));
    assert!(
        found.contains(&format!("gates.toml:{line}:")) && found.contains("warning: "),
        "{found}"
    );
    Ok(())
}
