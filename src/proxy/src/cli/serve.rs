//! `holdpoint serve`.

use std::io::{self, IsTerminal};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::token::new_link_for;
use super::{COULD_NOT, CliError, ServeArgs, print};
use crate::auth::origin::AllowedOrigins;
use crate::auth::tokens::Tokens;
use crate::auth::{Auth, cookie_name};
use crate::check::GateChecks;
use crate::config::Config;
use crate::data::DataFolder;
use crate::engine::{Engine, EngineParts};
use crate::environment;
use crate::incidents::Incidents;
use crate::library::Library;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::notify::{Courier, Declarations, Notifier};
use crate::pipeline::Pipelines;
use crate::rehearsal::{Rehearsal, RehearsalFile};
use crate::report_templates;
use crate::routes::{AppState, SecureCookies, router};
use crate::runner::{Runner, program_remarks};
use crate::server::{self, Connections, Limits};
use crate::store::{SqliteStore, Store};

/// What is logged, as `tracing_subscriber` reads it.
pub(super) const LOG_FILTER: &str = "HOLDPOINT_LOG";
/// Between two times that recorded durations are put into their buckets.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);
/// How long the start waits until interrupted runs have their verdicts. What is not done by then goes on beside the rest.
const RECOVERY_LIMIT: Duration = Duration::from_secs(20);
/// How long running gates and commands may take to end. The programs of gates are killed within ten seconds.
const DRAIN_LIMIT: Duration = Duration::from_secs(30);

/// The runbooks' folder. A first start without one is told how to name it.
fn load(runbooks: &Path) -> Result<Config, CliError> {
    if !runbooks.exists() {
        return Err(CliError::NoRunbooks {
            path: runbooks.to_owned(),
        });
    }
    Ok(Config::load(runbooks)?)
}

pub(super) async fn serve(args: ServeArgs) -> Result<ExitCode, CliError> {
    log_to_stderr();
    let public = args.public_url.as_deref().map(public_url).transpose()?;
    // The flag's twin was taken out of the environment before the command line was read.
    let given = args.tokens.clone();
    let given = given.or_else(|| environment::var("HOLDPOINT_TOKENS").ok().map(SecretString::from));
    let tokens = Tokens::read(args.token_file.as_deref(), given.as_ref())?;
    // Everything that can be wrong is looked at before anything is started.
    let mut config = load(&args.runbooks)?;
    let notifications = Declarations::load(&config.dir, &config.gates)?;
    let limits = Limits::of_system(args.max_connections).map_err(|source| CliError::System {
        what: "the limit of open files cannot be read",
        source,
    })?;
    let folder = DataFolder::find(args.data.data_dir.clone())?;
    let lock = folder.lock()?;
    let listener = listen(&args, &tokens).await?;
    let address = reachable(listener.local_addr().map_err(|source| listening(&args, source))?);
    let store = SqliteStore::open(&lock).await?;
    let writer_ended = store.writer_ended();
    let log = Arc::new(store);
    let store: Arc<dyn Store> = log.clone();
    let rehearsal = rehearse(&args, &folder, &mut config).await?;

    let config = Arc::new(config);
    let gates = Arc::clone(&config);
    let shutdown = CancellationToken::new();
    let library = Arc::new(Library::new(Arc::clone(&config)));
    let hub = Arc::new(Hub::default());
    let metrics = Arc::new(Metrics::default());
    // Before anything can be appended: what a first start finds in the log is not told.
    let mut notifier = Notifier::new(
        notifications,
        Courier::new(config.dir.clone(), public.as_ref().map(reqwest::Url::as_str))?,
        log,
        &hub,
        Arc::clone(&metrics),
        rehearsal.is_some(),
        shutdown.clone(),
    )
    .await?;
    let session_runner = runner(Arc::clone(&config), rehearsal.as_ref())?;
    let engine = Engine::new(EngineParts {
        store: Arc::clone(&store),
        hub: Arc::clone(&hub),
        metrics: Arc::clone(&metrics),
        config: Arc::clone(&config),
        library: Arc::clone(&library),
        runner: session_runner.clone(),
        rehearsal: rehearsal.clone(),
        ending: shutdown.clone(),
    });
    recover(&engine).await?;
    let named = public.as_ref().map(|url| (url.scheme(), url.authority()));
    let secure = named.is_some_and(|(scheme, _)| scheme == "https");
    // The port that browsers see.
    let port = public
        .as_ref()
        .and_then(reqwest::Url::port_or_known_default)
        .unwrap_or(address.port());
    let state = AppState {
        engine: Arc::clone(&engine),
        store: Arc::clone(&store),
        hub,
        metrics: Arc::clone(&metrics),
        auth: Arc::new(Auth::new(Arc::clone(&store), tokens, cookie_name(port, secure))),
        allowed_origins: Arc::new(AllowedOrigins::new(&args.host, address, named)),
        secure_cookies: SecureCookies(secure),
        notifications: notifier.statuses(),
        pipelines: Arc::new(Pipelines::new(Arc::clone(&config), Arc::clone(&library))?),
        checks: Arc::new(GateChecks::new(&config, |config| runner(config, rehearsal.as_ref()))?),
        incidents: Arc::new(Incidents::new(Arc::clone(&store))),
        config,
        library,
        rehearsal: rehearsal.clone(),
        shutdown: shutdown.clone(),
    };

    let url = public.as_ref().map_or_else(
        || format!("http://{address}"),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    let link = new_link_for(&folder, &*store, &url).await?;
    let runs = if rehearsal.is_some() { " (rehearsal)" } else { "" };
    print(&format!("Holdpoint{runs} is at {url}\nSign in once with {link}\n"))?;

    tracing::info!(
        connections = limits.total,
        of_one_peer = limits.per_peer,
        "the limits of connections"
    );
    stop_on_signal(shutdown.clone())?;
    notifier.start();
    tokio::spawn(stop_without_writer(writer_ended.clone(), shutdown.clone()));
    let connections = Connections::new(limits, Arc::clone(&metrics));
    tokio::spawn(shutdown.clone().run_until_cancelled_owned(keep_up(metrics)));
    tokio::spawn(
        shutdown
            .clone()
            .run_until_cancelled_owned(remark_on_gates(session_runner, gates)),
    );
    server::serve(listener, router(state), shutdown, connections).await;
    let drained = async { tokio::join!(engine.drain(), notifier.drain()) };
    if timeout(DRAIN_LIMIT, drained).await.is_err() {
        tracing::error!("not everything that was running has ended; the next start gives those gates their verdicts");
    }
    // Nobody has asked it to end yet.
    let writer_died = writer_ended.is_cancelled();
    store.close().await;
    drop(engine);
    if let Some(rehearsal) = rehearsal {
        rehearsal.stop().await;
    }
    if writer_died {
        Err(CliError::WriterDied)
    } else {
        Ok(ExitCode::SUCCESS)
    }
}

/// Sees to what the last proxy left open. A session that takes long is no reason not to serve the others.
async fn recover(engine: &Arc<Engine>) -> Result<(), CliError> {
    match timeout(RECOVERY_LIMIT, engine.recover()).await {
        Ok(recovered) => recovered.map_err(CliError::Recover),
        Err(_) => {
            tracing::error!("not every interrupted run has its verdict yet; the proxy starts, and goes on with them");
            Ok(())
        }
    }
}

/// A proxy that cannot record anything is of no use; whoever supervises it starts it anew.
async fn stop_without_writer(writer_ended: CancellationToken, shutdown: CancellationToken) {
    if shutdown.run_until_cancelled(writer_ended.cancelled()).await.is_some() {
        tracing::error!("the database's writer ended, so the proxy stops: nothing can be recorded any more");
        shutdown.cancel();
    }
}

async fn keep_up(metrics: Arc<Metrics>) {
    let mut interval = tokio::time::interval(METRICS_UPKEEP);
    loop {
        interval.tick().await;
        metrics.run_upkeep();
    }
}

/// Nothing waits for this: a database or a disk that does not answer must not hold the start up.
async fn remark_on_gates(runner: Runner, config: Arc<Config>) {
    let runbooks = config.dir.clone();
    let programs = tokio::task::spawn_blocking(move || program_remarks(&config.gates, &config.dir));
    match programs.await {
        Ok(remarks) => remarks.iter().for_each(|remark| tracing::warn!("{}", remark.message)),
        Err(error) => tracing::error!(%error, "the programs of gates were not looked for"),
    }
    match tokio::task::spawn_blocking(move || report_templates::problems(&runbooks)).await {
        Ok(Ok(problems)) => problems.iter().for_each(|one| tracing::warn!("{}", one.error)),
        Ok(Err(error)) => tracing::error!(%error, "the templates of reports cannot be read"),
        Err(error) => tracing::error!(%error, "the templates of reports were not looked at"),
    }
    for remark in runner.remarks_on_roles().await {
        tracing::warn!("{remark}");
    }
    if nix::unistd::geteuid().is_root() {
        tracing::warn!(
            "the proxy runs as root, and so do the programs of its gates, which nothing keeps from the machine's files, the data \
             folder among them; run it as a user of its own"
        );
    }
}

/// The runner for these gates, with a guard for its programs where the system has what a guard stands on.
pub(super) fn runner(config: Arc<Config>, rehearsal: Option<&Arc<Rehearsal>>) -> Result<Runner, CliError> {
    let mut runner = Runner::new(config)?;
    let holdpoint = own_program()?;
    if let Some(rehearsal) = rehearsal {
        runner = runner.rehearsing(Arc::clone(rehearsal), holdpoint.clone());
    }
    Ok(if cfg!(target_os = "linux") {
        runner.guarded(holdpoint)
    } else {
        runner
    })
}

/// The running program. On Linux this stays the same one, even when its file is replaced by a newer one.
fn own_program() -> Result<PathBuf, CliError> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe().map_err(|source| CliError::System {
        what: "the program's own file cannot be found",
        source,
    })
}

pub(super) fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env(LOG_FILTER)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,holdpoint=info"));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
    if let Err(error) = started {
        eprintln!("holdpoint: nothing will be logged: {error}");
    }
}

fn public_url(text: &str) -> Result<reqwest::Url, CliError> {
    let wrong = || CliError::PublicUrl { url: text.to_owned() };
    let url = reqwest::Url::parse(text).map_err(|_| wrong())?;
    if url.path() != "/" {
        return Err(CliError::PublicPath { url: text.to_owned() });
    }
    let plain = matches!(url.scheme(), "http" | "https")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if plain { Ok(url) } else { Err(wrong()) }
}

async fn listen(args: &ServeArgs, tokens: &Tokens) -> Result<TcpListener, CliError> {
    let found = tokio::net::lookup_host((args.host.as_str(), args.port)).await;
    let addresses: Vec<SocketAddr> = found
        .map_err(|source| CliError::NoSuchHost {
            host: args.host.clone(),
            source,
        })?
        .collect();
    if tokens.is_empty() && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(CliError::OpenWithoutTokens {
            host: args.host.clone(),
        });
    }
    TcpListener::bind(addresses.as_slice())
        .await
        .map_err(|source| listening(args, source))
}

fn listening(args: &ServeArgs, source: io::Error) -> CliError {
    let (host, port) = (args.host.clone(), args.port);
    match source.kind() {
        io::ErrorKind::AddrInUse => CliError::BusyPort { host, port },
        io::ErrorKind::AddrNotAvailable => CliError::NoSuchHost { host, source },
        _ => CliError::Listen { host, port, source },
    }
}

/// An address that a browser on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

/// Starts the rehearsal, which takes out of the configuration what is not rehearsed; without one, what is only rehearsed is
/// taken out.
async fn rehearse(
    args: &ServeArgs,
    folder: &DataFolder,
    config: &mut Config,
) -> Result<Option<Arc<Rehearsal>>, CliError> {
    if !args.rehearsal {
        let left_out = config.leave_out_rehearsals();
        if !left_out.is_empty() && config.gates.environments.is_empty() {
            tracing::warn!(
                ?left_out,
                "every environment of gates.toml is marked as a rehearsal, so that no session can be started; start with \
                 --rehearsal, or declare an environment without the mark"
            );
        }
        return Ok(None);
    }
    let file = RehearsalFile::load(&config.dir, &config.gates)?;
    let rehearsal = Rehearsal::start(&folder.path().join("rehearsal"), &mut config.gates, file).await?;
    let environments: Vec<&str> = config
        .gates
        .environments
        .values()
        .map(|one| one.title.as_str())
        .collect();
    tracing::warn!(
        ?environments,
        "this is a rehearsal: no gate asks a real system, and no pass says anything about one"
    );
    for remark in rehearsal.remarks() {
        tracing::warn!("{remark}");
    }
    Ok(Some(Arc::new(rehearsal)))
}

fn stop_on_signal(shutdown: CancellationToken) -> Result<(), CliError> {
    let cannot = |source| CliError::System {
        what: "signals cannot be received",
        source,
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    tokio::spawn(async move {
        let mut signalled = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        signalled().await;
        tracing::info!(
            "stopping: no new requests, and running gates are interrupted; a second signal ends the proxy at once"
        );
        shutdown.cancel();
        signalled().await;
        tracing::warn!("ended at once; the next start gives gates that were running their verdicts");
        std::process::exit(COULD_NOT.into());
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_without_a_runbooks_folder_says_how_to_name_one() {
        let dir = tempfile::tempdir().unwrap();
        let error = load(&dir.path().join("runbooks")).unwrap_err().to_string();
        assert!(
            error.contains("there is no folder") && error.contains("--runbooks"),
            "{error}"
        );
        load(dir.path()).unwrap();
    }

    #[test]
    fn a_public_url_is_a_scheme_a_host_and_a_port() {
        for (text, origin) in [
            ("https://holdpoint.example", "https://holdpoint.example"),
            ("https://holdpoint.example/", "https://holdpoint.example"),
            ("HTTPS://Holdpoint.Example:443", "https://holdpoint.example"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://[2001:DB8::0:1]", "https://[2001:db8::1]"),
            ("http://10.0.0.1:80", "http://10.0.0.1"),
        ] {
            let url = public_url(text).unwrap();
            assert_eq!(url.origin().ascii_serialization(), origin, "{text}");
            // What a browser sends is what is allowed.
            let listening = "127.0.0.1:7373".parse().unwrap();
            let allowed = AllowedOrigins::new("127.0.0.1", listening, Some((url.scheme(), url.authority())));
            let sent = [("host", url.authority()), ("origin", origin)];
            let headers = sent.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let headers = axum::http::HeaderMap::from_iter(headers);
            assert_eq!(allowed.check_host(&"/".parse().unwrap(), &headers), Ok(()), "{text}");
            assert_eq!(
                allowed.check_origin(&axum::http::Method::POST, &headers),
                Ok(()),
                "{text}"
            );
        }
        for text in ["https://name/path", "https://name/a/", "http://[::1]/x"] {
            let error = public_url(text).unwrap_err();
            assert!(matches!(error, CliError::PublicPath { .. }), "{text}: {error}");
        }
        for text in [
            "name",
            "",
            "ftp://name",
            "https://user@name",
            "https://:p@name",
            "https://name?x",
            "https://name#x",
            "http://[::1",
        ] {
            let error = public_url(text).unwrap_err();
            assert!(matches!(error, CliError::PublicUrl { .. }), "{text}: {error}");
        }
    }

    #[tokio::test]
    async fn a_proxy_whose_writer_died_stops() {
        let (writer_ended, shutdown) = (CancellationToken::new(), CancellationToken::new());
        let watching = tokio::spawn(stop_without_writer(writer_ended.clone(), shutdown.clone()));
        tokio::task::yield_now().await;
        assert!(!shutdown.is_cancelled());
        writer_ended.cancel();
        watching.await.unwrap();
        assert!(shutdown.is_cancelled());
    }
}
