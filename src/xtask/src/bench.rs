//! `cargo xtask bench`.

use std::process::Command;

use crate::error::XtaskError;
use crate::place::Place;
use crate::{page, prepare, proxy};

/// A bench: what is measured, beside a peer in the same run, and printed.
struct Bench {
    name: &'static str,
    /// Where it is.
    package: &'static str,
    /// What it needs beside itself. A bench that needs nothing is the thing that it measures.
    needs: Needs,
}

#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Nothing,
    /// The page, a proxy as it is shipped, and a browser.
    Page,
}

/// Every bench there is. A new one is a line here and a `[[bench]]` of its package.
const BENCHES: [Bench; 2] = [
    Bench {
        name: "read",
        package: "holdpoint-reader",
        needs: Needs::Nothing,
    },
    Bench {
        name: "page",
        package: "holdpoint-tests",
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
        .args(["bench", "--package", bench.package, "--bench", bench.name]);
    if bench.needs == Needs::Page {
        let tools = prepare::tools(place)?;
        page::build(place, &tools)?;
        proxy::build_release(place)?;
        // What is measured is the page, in the browser: the bench itself may be slow.
        command
            .args(["--profile", "dev"])
            .env("HOLDPOINT_BIN", place.holdpoint_release());
    }
    command.arg("--").args(arguments);
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
