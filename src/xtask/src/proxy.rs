//! Building the proxy, with the page embedded.

use crate::command::Quiet;
use crate::error::XtaskError;
use crate::place::Place;

/// Builds `holdpoint`. The whole workspace is named, so that shared crates get the same features as in the tests and are
/// compiled once.
pub fn build(place: &Place) -> Result<(), XtaskError> {
    Quiet::new(place, "proxy", "cargo")
        .args(["build", "--workspace", "--bin", "holdpoint"])
        .run()?;
    Ok(())
}

/// Builds it as it is shipped, to be measured.
pub fn build_release(place: &Place) -> Result<(), XtaskError> {
    Quiet::new(place, "proxy (release)", "cargo")
        .args(["build", "--release", "--workspace", "--bin", "holdpoint"])
        .run()?;
    Ok(())
}
