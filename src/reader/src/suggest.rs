//! “Did you mean …?”

/// A longer name is compared with nothing: the time to compare grows with the product of both lengths.
const LONGEST: usize = 64;

/// The name with the smallest optimal string alignment distance, if it is at most one plus a quarter of the length.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    let most = 1 + length / 4;
    names
        .filter(|known| known.len().abs_diff(name.len()) <= most * 4)
        .map(|known| (strsim::osa_distance(name, known), known))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}
