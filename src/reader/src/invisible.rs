//! Characters that cannot be seen and change what is seen: a command with one of them is another command than people read.

use crate::source::Source;
use holdpoint_domain::runbook::{Severity, reorders_or_hides};

/// Warns of each line that has one.
pub(super) fn remark_invisible(source: &Source<'_>) {
    // All of them are outside of ASCII, and most lines are not.
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let found = (!line.is_ascii()).then(|| line.char_indices().find(|(_, one)| reorders_or_hides(*one)));
        if let Some((at, one)) = found.flatten() {
            let message = format!(
                "The character U+{:04X} stands here, which cannot be seen and changes how the line reads; delete it",
                u32::from(one)
            );
            source.remark(start + at, Severity::Warning, message);
        }
        start += line.len();
    }
}
