//! The browsers that the tests can open, and how each is started without a window on a screen.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use thirtyfour::{
    BrowserCapabilitiesHelper, Capabilities, CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities,
    WebDriver,
};

use crate::system::{children, free_port, write};
use crate::{DriverError, Result, repository};

/// How long a browser may take to start.
const UNTIL_OPEN: Duration = Duration::from_secs(60);

/// What draws the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium by ChromeDriver. The only one whose debugger the tests can ask, so all tests but the release's story use it.
    Chromium,
    /// Firefox ESR by geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser by WebKitWebDriver, in a virtual display of its own.
    WebKit,
}

/// A browser's driver, and what it needs to run. They end when this is dropped.
pub(super) struct Running {
    pub(super) driver: WebDriver,
    programs: Vec<Child>,
}

impl Engine {
    /// Starts it with an empty profile. Chromium keeps a record of what its pages ask for, where that is wanted.
    pub(super) async fn start(self, profile: &Path, recorded: bool) -> Result<Running> {
        // WebKitGTK asks XDG's file where downloads go.
        let folders = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads(profile).display());
        write(&profile.join("config/user-dirs.dirs"), folders.as_bytes())?;
        std::fs::create_dir_all(downloads(profile)).map_err(DriverError::io("making a folder for downloads"))?;
        let port = free_port()?;
        let mut programs = Vec::new();
        let mut driver = match self {
            Self::Chromium => Command::new("chromedriver"),
            Self::Firefox => Command::new(geckodriver()),
            Self::WebKit => Command::new("WebKitWebDriver"),
        };
        match self {
            Self::Chromium => driver.arg(format!("--port={port}")).arg("--log-level=OFF"),
            Self::Firefox => driver
                .args(["--log", "fatal", "--port", &port.to_string(), "--profile-root"])
                .arg(profile),
            Self::WebKit => {
                let (display, number) = display()?;
                programs.push(display);
                driver
                    .arg(format!("--port={port}"))
                    .env("DISPLAY", format!(":{number}"))
                    .env("GDK_BACKEND", "x11")
                    // It keeps its storage where XDG says, and there is no portal or sound to ask for.
                    .env("XDG_DATA_HOME", profile.join("data"))
                    .env("XDG_CACHE_HOME", profile.join("cache"))
                    .env("XDG_CONFIG_HOME", profile.join("config"))
                    .env("NO_AT_BRIDGE", "1")
            }
        };
        let started = driver
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| DriverError::Missing {
                what: self.driver_name(),
            })?;
        programs.push(started);
        let running = connect(port, &self.capabilities(profile, recorded)?).await;
        match running {
            Ok(driver) => Ok(Running { driver, programs }),
            Err(error) => {
                programs.iter_mut().rev().for_each(end);
                Err(error)
            }
        }
    }

    fn driver_name(self) -> &'static str {
        match self {
            Self::Chromium => "ChromeDriver (with Chromium)",
            Self::Firefox => "geckodriver (with Firefox)",
            Self::WebKit => "WebKitWebDriver (with WebKitGTK)",
        }
    }

    fn capabilities(self, profile: &Path, recorded: bool) -> Result<Capabilities> {
        match self {
            Self::Chromium => {
                let mut wants = DesiredCapabilities::chrome();
                for flag in CHROMIUM_FLAGS {
                    wants.add_arg(flag)?;
                }
                wants.add_arg(&format!("--user-data-dir={}", profile.display()))?;
                let network = if recorded { "ALL" } else { "OFF" };
                wants.set("goog:loggingPrefs", json!({ "browser": "ALL", "performance": network }))?;
                let downloads = json!({ "download.default_directory": downloads(profile) });
                wants.set_browser_option("prefs", downloads)?;
                Ok(wants.into())
            }
            Self::Firefox => {
                let mut wants = DesiredCapabilities::firefox();
                wants.set_browser_option("args", json!(["-headless", "--width=1440", "--height=900"]))?;
                // 2: the folder that is named here.
                let downloads = json!({ "browser.download.folderList": 2, "browser.download.dir": downloads(profile) });
                wants.set_browser_option("prefs", downloads)?;
                Ok(wants.into())
            }
            Self::WebKit => {
                let mut wants = Capabilities::new();
                let options = json!({ "binary": mini_browser()?, "args": ["--automation"] });
                wants.set("webkitgtk:browserOptions", options)?;
                Ok(wants)
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The driver before its display.
        self.programs.iter_mut().rev().for_each(end);
    }
}

const CHROMIUM_FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--window-size=1440,900",
];

/// Where a browser with this profile puts what it downloads.
pub(super) fn downloads(profile: &Path) -> PathBuf {
    profile.join("downloads")
}

/// The one that set-up compiled, or else the one on PATH.
fn geckodriver() -> PathBuf {
    let own = repository().join(".tools/bin/geckodriver");
    if own.is_file() { own } else { "geckodriver".into() }
}

/// Debian keeps it away from PATH, in a folder that is named after the machine and the version of WebKitGTK.
fn mini_browser() -> Result<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let machines = folders.filter_map(|machine| std::fs::read_dir(machine.path()).ok());
    machines
        .flatten()
        .flatten()
        .filter(|folder| folder.file_name().to_string_lossy().starts_with("webkit2gtk-"))
        .map(|folder| folder.path().join("MiniBrowser"))
        .find(|program| program.is_file())
        .ok_or(DriverError::Missing {
            what: "WebKitGTK's MiniBrowser",
        })
}

/// A virtual display, with the number that the system gave it.
fn display() -> Result<(Child, u32)> {
    let mut display = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| DriverError::Missing { what: "Xvfb" })?;
    let mut line = String::new();
    if let Some(output) = display.stdout.take() {
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(DriverError::io("reading the number of the virtual display"))?;
    }
    match line.trim().parse() {
        Ok(number) => Ok((display, number)),
        Err(_) => {
            end(&mut display);
            Err(DriverError::Program {
                what: "Starting Xvfb".into(),
                output: line,
            })
        }
    }
}

async fn connect(port: u16, wants: &Capabilities) -> Result<WebDriver> {
    let since = Instant::now();
    loop {
        match WebDriver::new(format!("http://127.0.0.1:{port}"), wants.clone()).await {
            Ok(driver) => return Ok(driver),
            // A driver needs a moment until it listens.
            Err(error) if since.elapsed() > UNTIL_OPEN => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Ends a program and what it started: geckodriver leaves its browser behind when it is killed.
fn end(program: &mut Child) {
    let started = children(program.id());
    if let Err(error) = program.kill().and_then(|()| program.wait()) {
        eprintln!("A browser's driver could not be stopped: {error}");
    }
    for pid in started {
        // It may have ended with its driver.
        kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
}
