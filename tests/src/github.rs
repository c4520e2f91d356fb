//! A proxy whose environment has a pipeline, beside a stand-in of GitHub's API.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, Client, Folder, Options, Result, TestProxy, TestServer};
use reqwest::Method;

/// The token that the environment names.
pub const TOKEN: &str = "ghp_correct-horse-battery-staple";
/// Where the runs of the workflow are asked for.
pub const RUNS: &str = "/repos/org/name/actions/workflows/deploy.yml/runs";
/// Where the jobs of run 7 are asked for.
pub const JOBS: &str = "/repos/org/name/actions/runs/7/jobs";
/// The shipped runbook that explains a pipeline.
const BOOK: &str = include_str!("../../runbooks/production-deployment.md");

/// The proxy beside the stand-in.
pub struct PipelinePlace {
    /// The stand-in of GitHub's API.
    pub github: TestServer,
    /// The proxy that asks it.
    pub proxy: TestProxy,
    /// Signed in to the proxy.
    pub client: Client,
    _folder: Folder,
}

impl PipelinePlace {
    /// Starts both. The stand-in is at a private address, which the environment allows or not.
    ///
    /// # Errors
    /// One of them does not start.
    pub async fn new(private: bool) -> Result<Self> {
        let github = TestServer::start().await?;
        let folder = Folder::new(&github.url())?;
        folder.write("ship.md", BOOK)?;
        let gates = std::fs::read_to_string(folder.path().join("gates.toml")).unwrap_or_default();
        let pipeline = format!(
            "pipeline = {{ repository = \"org/name\", workflow = \"deploy.yml\", api = \"{}\", token = {{ env = \"GITHUB_TOKEN\" }}, \
             runbook = \"ship\" }}\nvariables = {{",
            if private {
                github.url()
            } else {
                github.url().replace("http://127.0.0.1", "https://localhost")
            }
        );
        let mut gates = gates.replacen("variables = {", &pipeline, 1);
        if !private {
            gates = gates.replacen("private_addresses = true\n", "", 1);
        }
        folder.write("gates.toml", &gates)?;
        let options = Options::default()
            .runbooks(folder.path())
            .environment("GITHUB_TOKEN", TOKEN);
        let proxy = TestProxy::start(options).await?;
        let client = proxy.sign_in().await?;
        Ok(Self {
            github,
            proxy,
            client,
            _folder: folder,
        })
    }

    /// A session of a commit.
    ///
    /// # Errors
    /// It is refused.
    pub async fn session(&self, sha: &str) -> Result<Uuid> {
        let mut start = self.client.start_of("demo", "release", "test").await?;
        start.git_sha = sha.to_owned();
        self.client.start(&start).await?;
        Ok(start.session)
    }

    /// The answer, as it comes.
    ///
    /// # Errors
    /// There is none.
    pub async fn text(&self, session: Uuid) -> Result<String> {
        let path = format!("/api/sessions/{session}/pipeline");
        Ok(self.client.request(Method::GET, &path).send().await?.text().await?)
    }

    /// The answer, without the token in it.
    ///
    /// # Errors
    /// There is none.
    pub async fn read(&self, session: Uuid) -> Result<Value> {
        let text = self.text(session).await?;
        assert!(!text.contains(TOKEN), "{text}");
        Ok(serde_json::from_str(&text).expect("JSON"))
    }

    /// What is told of a new commit, once GitHub answers so.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn told(&self, sha: &str, runs: Answer, jobs: Answer) -> Result<Value> {
        self.github.set(RUNS, runs);
        self.github.set(JOBS, jobs);
        let session = self.session(sha).await?;
        self.read(session).await
    }
}

/// A whole hash of one digit again and again.
#[must_use]
pub fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// A run as GitHub tells it.
#[must_use]
pub fn run(sha: &str, id: u64, status: &str, conclusion: Value) -> Value {
    json!({
        "id": id, "name": "Production deploy", "head_sha": sha, "status": status, "conclusion": conclusion, "workflow_id": 3,
        "run_number": id, "run_attempt": 1, "event": "push", "created_at": "2026-11-27T12:00:00Z", "updated_at": "2026-11-27T12:05:00Z",
        "run_started_at": "2026-11-27T12:00:00Z", "actor": {"login": "robin"}, "triggering_actor": {"login": "alex"},
        "head_commit": {"author": {"name": "Ana Author", "email": "ana@example.org"}}, "html_url": "javascript:alert(1)"
    })
}

/// The answer with these runs.
#[must_use]
pub fn runs(list: &[Value]) -> Answer {
    let body = json!({"total_count": list.len(), "workflow_runs": list}).to_string();
    Answer::json(200, body)
}

/// A job with the steps of the runbook's picture, which stand so.
#[must_use]
pub fn jobs(sha: &str, steps: [(&str, Value); 5]) -> Answer {
    let names = [
        "Run tests against Dev",
        "Apply migrations to Prod",
        "Trigger Railway deploy",
        "Trigger Vercel deploy",
        "Notify Discord on success",
    ];
    let steps: Vec<Value> = names
        .iter()
        .zip(steps)
        .map(|(name, (status, conclusion))| json!({"name": name, "status": status, "conclusion": conclusion, "number": 1}))
        .collect();
    let body = json!({"total_count": 1, "jobs": [{
        "id": 1, "run_id": 7, "head_sha": sha, "name": format!("deploy with {TOKEN}"), "status": "completed", "conclusion": "success",
        "steps": steps
    }]});
    Answer::json(200, body.to_string())
}

/// A step that ended so.
#[must_use]
pub fn done(conclusion: &str) -> (&'static str, Value) {
    ("completed", conclusion.into())
}

/// The jobs with every step done.
#[must_use]
pub fn all_done(sha: &str) -> Answer {
    jobs(sha, std::array::from_fn(|_| done("success")))
}
