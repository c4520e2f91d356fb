//! Getting what only the tests need: cargo-nextest, three browsers with their drivers, PostgreSQL, PgBouncer, and axe-core.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Quiet, on_path, printed};
use crate::error::XtaskError;
use crate::place::Place;
use crate::prepare::{cargo_tool, nextest, npm_install};

const AXE: &str = "4.14.1";
/// It drives Firefox ESR; Debian has no package of it.
const GECKODRIVER: &str = "0.37.1";

/// One thing that the tests need, with what it is called in Debian.
struct Need {
    what: &'static str,
    package: &'static str,
    there: fn() -> bool,
}

const NEEDS: [Need; 11] = [
    Need {
        what: "Chromium",
        package: "chromium",
        there: || on_path("chromium"),
    },
    Need {
        what: "ChromeDriver",
        package: "chromium-driver",
        there: || on_path("chromedriver"),
    },
    Need {
        what: "Firefox",
        package: "firefox-esr",
        there: || on_path("firefox-esr") || on_path("firefox"),
    },
    Need {
        what: "WebKitGTK with its driver",
        package: "webkit2gtk-driver",
        there: || on_path("WebKitWebDriver"),
    },
    Need {
        what: "A virtual display (Xvfb)",
        package: "xvfb",
        there: || on_path("Xvfb"),
    },
    Need {
        what: "PostgreSQL",
        package: "postgresql",
        there: has_postgres,
    },
    Need {
        what: "PgBouncer",
        package: "pgbouncer",
        // Debian keeps it away from the PATH of people.
        there: || on_path("pgbouncer") || Path::new("/usr/sbin/pgbouncer").is_file(),
    },
    Need {
        what: "nginx",
        package: "nginx",
        there: || on_path("nginx"),
    },
    Need {
        what: "OpenSSL",
        package: "openssl",
        there: || on_path("openssl"),
    },
    Need {
        what: "Python 3",
        package: "python3",
        there: || on_path("python3"),
    },
    Need {
        what: "npm",
        package: "npm",
        there: || on_path("npm"),
    },
];

/// Gets everything; each thing that cannot be had is one sentence.
pub fn for_tests(place: &Place) -> Vec<XtaskError> {
    let mut missing = Vec::new();
    let absent = || NEEDS.iter().filter(|need| !(need.there)()).collect::<Vec<_>>();
    let wanted = absent();
    if !wanted.is_empty() {
        let packages: Vec<&str> = wanted.iter().map(|need| need.package).collect();
        let tried = if is_root_on_debian() {
            apt(place, &packages).err()
        } else {
            None
        };
        for need in absent() {
            missing.push(XtaskError::Tool {
                tool: need.what.to_owned(),
                reason: match &tried {
                    Some(error) => format!("apt-get could not install `{}`. {error}", need.package),
                    None => format!(
                        "install it (on Debian or Ubuntu: `sudo apt-get install {}`).",
                        packages.join(" ")
                    ),
                },
            });
        }
    }
    // Without npm that is the thing to say, and not what follows from it.
    if on_path("npm")
        && let Err(error) = axe(place)
    {
        missing.push(error);
    }
    missing.extend(nextest(place).err());
    missing.extend(geckodriver(place).err());
    missing
}

fn geckodriver(place: &Place) -> Result<(), XtaskError> {
    if !place.tool("geckodriver").is_file() && on_path("geckodriver") {
        return Ok(());
    }
    cargo_tool(place, "geckodriver", "geckodriver", GECKODRIVER, &["--locked"])
}

/// axe-core, which looks every page over for what people with other means of reading would miss.
fn axe(place: &Place) -> Result<(), XtaskError> {
    let manifest = place.tools.join("axe/node_modules/axe-core/package.json");
    let wanted = format!("\"version\": \"{AXE}\"");
    if fs::read_to_string(manifest).is_ok_and(|text| text.contains(&wanted)) {
        return Ok(());
    }
    let error = |reason| XtaskError::Tool {
        tool: format!("axe-core {AXE}"),
        reason,
    };
    npm_install(place, "axe", &format!("axe-core@{AXE}"))
        .map_err(|source| error(format!("npm did not install it. {source}")))
}

fn apt(place: &Place, packages: &[&str]) -> Result<(), XtaskError> {
    Quiet::new(place, "apt-get update", "apt-get")
        .args(["update"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()?;
    Quiet::new(place, format!("apt-get install {}", packages.join(" ")), "apt-get")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // The tests start a cluster of their own; the package's own one is not needed.
        .env("RUNLEVEL", "1")
        .run()?;
    Ok(())
}

fn is_root_on_debian() -> bool {
    on_path("apt-get") && printed("id", &["-u"]).as_deref() == Some("0")
}

/// PostgreSQL's server programs are not on PATH in Debian.
fn has_postgres() -> bool {
    (on_path("initdb") && on_path("postgres") && printed("initdb", &["--version"]).is_some())
        || fs::read_dir("/usr/lib/postgresql")
            .is_ok_and(|versions| versions.flatten().any(|version| has_server(version.path())))
}

fn has_server(version: PathBuf) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| version.join("bin").join(program).is_file())
}
