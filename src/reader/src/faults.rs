//! Which errors stand in which procedure: one that has any cannot be started.

use std::ops::Range;

use crate::blocks::Blocks;
use crate::sections::Section;
use holdpoint_domain::runbook::{Diagnostic, Procedure};

/// Where a procedure stands, in bytes, and its index.
pub(super) struct Extent {
    at: Range<usize>,
    procedure: usize,
}

/// The extents of all procedures, by their start: from the heading to the next one that is not below it.
pub(super) fn extents(owners: &[(usize, usize)], sections: &[Section], all: Blocks<'_>, length: usize) -> Vec<Extent> {
    let extent = |&(section, procedure): &(usize, usize)| {
        let section = &sections[section];
        let end = all.marks.get(section.end).map_or(length, |mark| mark.start);
        Extent {
            at: section.at..end,
            procedure,
        }
    };
    let mut extents: Vec<Extent> = owners.iter().map(extent).collect();
    extents.sort_by_key(|extent| (extent.at.start, std::cmp::Reverse(extent.at.end)));
    extents
}

/// Gives each procedure the errors that stand in it. One that stands in no procedure could be about any of them, as could those
/// beyond the limit of what is kept, so every procedure gets it. A comment right before a heading may be meant for that heading,
/// so it counts there, too.
pub(super) fn assign(
    procedures: &mut [Procedure],
    extents: &[Extent],
    faults: &[(usize, &Diagnostic)],
    more: bool,
    text: &str,
) {
    let last = faults.len().saturating_sub(1);
    // The extents around the place, the innermost last. They nest, as headings do.
    let mut around: Vec<&Extent> = Vec::new();
    let mut next = 0;
    for (index, &(offset, fault)) in faults.iter().enumerate() {
        while let Some(extent) = extents.get(next).filter(|extent| extent.at.start <= offset) {
            around.retain(|outer| outer.at.end > extent.at.start);
            around.push(extent);
            next += 1;
        }
        around.retain(|extent| extent.at.end > offset);
        let everywhere = around.is_empty() || more && index == last;
        if everywhere {
            procedures.iter_mut().for_each(|one| one.errors.push(fault.clone()));
            continue;
        }
        if let Some(innermost) = around.last() {
            procedures[innermost.procedure].errors.push(fault.clone());
        }
        let follows = |extent: &&Extent| leads_to(text, offset, extent.at.start);
        if let Some(following) = extents.get(next).filter(follows) {
            procedures[following.procedure].errors.push(fault.clone());
        }
    }
}

/// Whether nothing but comments stands between the line of an offset and a heading.
fn leads_to(text: &str, offset: usize, heading: usize) -> bool {
    let (Some(before), Some(between)) = (text.get(..offset), text.get(offset..heading)) else {
        return false;
    };
    // At the end of a step's line it means that step.
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    if !(line.is_empty() || line.starts_with('<')) {
        return false;
    }
    // An offset within a comment: what is left of it is no text between the two.
    let rest = match between.find("-->") {
        Some(close) if !between[..close].contains("\n\n") => &between[close + 3..],
        _ => between.split_once('\n').map_or("", |(_, rest)| rest),
    };
    let mut rest = rest.trim_start();
    while let Some(inside) = rest.strip_prefix("<!--") {
        match inside.find("-->") {
            Some(close) => rest = inside[close + 3..].trim_start(),
            None => return false,
        }
    }
    rest.is_empty()
}
