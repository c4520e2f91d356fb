//! Percentiles of small samples.

/// Fewer sessions than these say nothing of the next one.
pub const FEWEST: usize = 3;

/// The value that so many of a hundred do not exceed: the nearest rank, so that it is always one that was measured. `None` with fewer
/// than [`FEWEST`].
#[must_use]
pub fn percentile(sorted: &[u64], of_hundred: usize) -> Option<u64> {
    if sorted.len() < FEWEST {
        return None;
    }
    let rank = (sorted.len() * of_hundred).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}
