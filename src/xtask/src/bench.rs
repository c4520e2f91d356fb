//! `cargo xtask bench`.

use std::process::Command;

use crate::error::XtaskError;
use crate::place::Place;
use crate::{page, prepare, proxy};

/// A bench of the package `holdpoint-tests`: what is measured, beside a peer in the same run, and printed.
struct Bench {
    name: &'static str,
    needs: Needs,
}

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// It is the thing that it measures, or holds it.
    Nothing,
    /// A proxy as it is shipped.
    Proxy,
    /// The page, a proxy as it is shipped, and a browser.
    Page,
}

/// Every bench there is. A new one is a line here and a `[[bench]]` of the package.
const BENCHES: [Bench; 6] = [
    Bench {
        name: "append",
        needs: Needs::Proxy,
    },
    Bench {
        name: "live",
        needs: Needs::Proxy,
    },
    Bench {
        name: "gates",
        needs: Needs::Proxy,
    },
    Bench {
        name: "read",
        needs: Needs::Nothing,
    },
    Bench {
        name: "export",
        needs: Needs::Proxy,
    },
    Bench {
        name: "page",
        needs: Needs::Page,
    },
];

/// Measures, and prints what the bench prints. Further arguments are the bench's.
pub fn bench(place: &Place, what: &str, arguments: &[String]) -> Result<(), XtaskError> {
    let bench = BENCHES.iter().find(|bench| bench.name == what);
    let bench = bench.ok_or_else(|| XtaskError::UnknownBench {
        name: what.to_owned(),
        known: BENCHES.map(|bench| bench.name).join(", "),
    })?;
    let mut command = Command::new("cargo");
    command
        .current_dir(&place.root)
        .args(["bench", "--package", "holdpoint-tests", "--bench", bench.name]);
    match bench.needs {
        Needs::Nothing => {}
        Needs::Proxy => proxy::build_release(place)?,
        Needs::Page => {
            let tools = prepare::tools(place)?;
            page::build(place, &tools)?;
            proxy::build_release(place)?;
            // What is measured is the page, in the browser: the bench itself may be slow.
            command.args(["--profile", "dev"]);
        }
    }
    command
        .env("HOLDPOINT_BIN", place.holdpoint_release())
        .arg("--")
        .args(arguments);
    let status = command.status().map_err(|source| XtaskError::Start {
        program: "cargo".to_owned(),
        source,
    })?;
    if status.success() {
        return Ok(());
    }
    Err(XtaskError::Failed {
        what: format!("The bench “{what}”"),
        status: status.to_string(),
        log: place.logs(),
        tail: "(its output is above)".to_owned(),
    })
}
