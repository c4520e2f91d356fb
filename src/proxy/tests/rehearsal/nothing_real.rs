//! In a rehearsal nothing that `gates.toml` names is asked, run or read, whatever it says.

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use holdpoint_domain::gate::Outcome;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::Rehearsed;

/// What the team's secret is; nobody may see it.
const SECRET: &str = "the-teams-own-secret-4711";

/// A listener that counts who connects.
fn counting() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (port, count)
}

/// Keeps every request that the rehearsal's server logs.
#[derive(Clone, Default)]
struct Requests(Arc<Mutex<Vec<String>>>);

impl Subscriber for Requests {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "holdpoint_rehearsal::requests"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().expect("nobody panics").push(text.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A folder whose gates would do harm if one of them were real.
fn harmful(folder: &Path, web: u16, database: u16) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file can be written");
    write("secret", SECRET);
    write(
        "database",
        &format!("postgres://team:{SECRET}@127.0.0.1:{database}/live"),
    );
    let program = folder.join("touch.sh");
    write("touch.sh", &format!("#!/bin/sh\ntouch '{}/it-ran'\n", folder.display()));
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a program");
    let mut gates = format!(
        "[environments.live]\ntitle = \"Live\"\nproduction = true\nprivate_addresses = true\n\
         urls = {{ web = \"http://127.0.0.1:{web}\", name = \"http://localhost:{web}\" }}\nhosts = [\"127.0.0.1:{database}\"]\n\
         databases = {{ main = {{ file = \"database\" }}, gone = {{ env = \"NO_SUCH_VARIABLE\" }} }}\n\
         secrets = {{ token = {{ file = \"secret\" }}, path = {{ env = \"PATH\" }}, gone = {{ env = \"NO_SUCH_VARIABLE\" }} }}\n\
         programs = {{ python = [\"./touch.sh\"] }}\n\n"
    );
    let http = |url: &str, more: &str| {
        format!(
            "kind = \"http\"\nhttp = {{ url = \"{url}\"{more} }}\nexpect = [{{ check = \"status\", equals = 200 }}]"
        )
    };
    let command = |argv: &str, more: &str| {
        format!(
            "kind = \"command\"\ncommand = {{ argv = [{argv}]{more} }}\nexpect = [{{ check = \"exit_code\", equals = 0 }}]"
        )
    };
    let sql = |database: &str| {
        format!(
            "kind = \"sql\"\nsql = {{ database = \"{database}\", statement = \"SELECT 1 AS n\" }}\nexpect = [{{ check = \"column\", name = \"n\", equals = 1 }}]"
        )
    };
    let touch = format!("touch '{}/it-ran'", folder.display());
    let bearer = ", headers = { authorization = \"Bearer {secret.token}\", x-path = \"{secret.path}\", x-gone = \"{secret.gone}\" }";
    let post = format!(", method = \"POST\", body = '{{\"token\":\"{{secret.token}}\"}}'{bearer}");
    for (name, body) in [
        ("get", http("{url.web}/health?token={secret.token}", "")),
        ("absolute", http(&format!("http://127.0.0.1:{web}/health"), "")),
        ("by-name", http("{url.name}/health", "")),
        ("other-host", http(&format!("http://127.0.0.1:{database}/"), "")),
        ("post", http("{url.web}/orders", &post)),
        (
            "redirected",
            http("{url.web}/moved", &format!(", redirects = 5{bearer}")),
        ),
        ("bash", command(&format!("\"bash\", \"-c\", \"{touch}\""), "")),
        (
            "curl",
            command(&format!("\"/usr/bin/curl\", \"http://127.0.0.1:{web}/\""), ""),
        ),
        (
            "kubectl",
            command("\"kubectl\", \"delete\", \"namespace\", \"live\"", ""),
        ),
        ("own", command("\"./touch.sh\"", ", folder = \".\"")),
        ("own-absolute", command(&format!("\"{}\"", program.display()), "")),
        (
            "replaced",
            command("\"python\", \"-V\"", ", env = { TOKEN = \"{secret.token}\" }"),
        ),
        (
            "shell-path",
            command("\"sh\", \"touch.sh\"", ", folder = \"no-such-folder\""),
        ),
        ("rows", sql("main")),
        ("rows-elsewhere", sql("gone")),
    ] {
        gates.push_str(&format!("[gates.{name}]\ntitle = \"{name}\"\n{body}\n\n"));
    }
    gates.push_str(
        "[gates.seen]\ntitle = \"Seen\"\nkind = \"http\"\ndirect = true\nhttp = { url = \"{url.web}/health?sha={git_sha}\" }\n\
         expect = [{ check = \"status\", equals = 200 }]\n",
    );
    write("gates.toml", &gates);
    // Redirects to the real server, as often as the gate follows them.
    let moved = format!(
        "[answers.redirected]\nheaders = {{ x-to = \"here\" }}\n\
         [faults.moved]\ntitle = \"Moved\"\ndescription = \"It redirects to the real server.\"\n\
         answers.redirected = {{ status = 307, headers = {{ location = \"http://localhost:{web}/elsewhere\" }} }}\n"
    );
    write("rehearsal.toml", &moved);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_program_host_database_or_secret_of_the_team_is_touched() {
    let requests = Requests::default();
    // No other test of this binary reads the log.
    tracing::subscriber::set_global_default(requests.clone()).expect("the first to set one");
    let ((web, asked), (database, connected)) = (counting(), counting());
    let folder = tempfile::tempdir().expect("a folder");
    harmful(folder.path(), web, database);
    let rehearsed = Rehearsed::start(folder.path(), |_| {}).await;
    // What cannot be read at all is not missed.
    std::fs::remove_file(folder.path().join("secret")).expect("the secret was there");
    std::fs::remove_file(folder.path().join("database")).expect("the connection string was there");
    assert_eq!(rehearsed.rehearsal.remarks(), [""; 0]);

    let mut evidence = String::new();
    for gate in rehearsed.gates.gates.keys() {
        let (verdict, shown) = rehearsed.run_for(gate, super::GIT_SHA).await;
        assert_eq!(
            verdict.outcome,
            Outcome::Pass,
            "{gate}: {}\n{}",
            verdict.summary,
            verdict.output
        );
        evidence.push_str(&format!("{verdict:?} {shown:?}"));
    }
    rehearsed.switch("moved", true).await;
    let moved = rehearsed.run("redirected").await;
    assert_eq!(moved.outcome, Outcome::Fail, "{}", moved.summary);
    assert!(moved.summary.contains("307"), "{}", moved.summary);

    assert_eq!(asked.load(Ordering::SeqCst), 0, "the real server was asked");
    assert_eq!(
        connected.load(Ordering::SeqCst),
        0,
        "the real database was connected to"
    );
    assert!(!folder.path().join("it-ran").exists(), "a real program ran");
    let mut requests = requests.0.lock().expect("nobody panics").clone();
    // Other tests of this binary have servers of their own.
    let server = rehearsed.rehearsal.url().trim_start_matches("http://");
    requests.retain(|request| request.contains(server));
    // Seven gates and the redirected one's six requests.
    assert_eq!(requests.len(), 7 + 6, "{requests:#?}");
    let requests = requests.join("\n");
    assert!(
        requests.contains("Bearer rehearsed-token-"),
        "a stand-in takes the secret's place: {requests}"
    );
    for place in [&requests, &evidence] {
        assert!(
            !place.contains(SECRET) && !place.contains(&std::env::var("PATH").expect("it is set")),
            "{place}"
        );
    }
    assert!(
        !evidence.contains("rehearsed-token-"),
        "and is kept out of the record as a secret is"
    );
    let direct = rehearsed
        .gates
        .snapshot("seen", "live")
        .and_then(|gate| gate.direct_url)
        .expect("it is direct");
    assert_eq!(
        direct, "/api/rehearsal/direct/{session}/seen",
        "a browser is not sent there either"
    );
}
