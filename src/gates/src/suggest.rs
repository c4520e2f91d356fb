//! “Did you mean …?”

/// A longer name is compared with nothing: the time to compare grows with the product of both lengths.
const LONGEST: usize = 64;

/// The name with the smallest optimal string alignment distance, if it is at most one plus a quarter of the length.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    let most = 1 + length / 4;
    names
        .into_iter()
        .filter(|known| known.len().abs_diff(name.len()) <= most * 4)
        .map(|known| (strsim::osa_distance(name, known), known))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}

/// What a message about an unknown key or word begins with, up to the name.
const UNKNOWN: [&str; 4] = [
    "unknown field `",
    "unknown variant `",
    "there is no key `",
    "it cannot be `",
];

/// The message with the known name that is nearest, where it is about an unknown one and lists those that there are.
pub(super) fn with_suggestion(message: String) -> String {
    let found = UNKNOWN.iter().find_map(|begin| {
        let (_, rest) = message.split_once(begin)?;
        let (name, rest) = rest.split_once('`')?;
        nearest(name, rest.split('`').skip(1).step_by(2))
    });
    match found {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use crate::config::GatesFile;

    #[test]
    fn an_unknown_key_or_word_of_gates_toml_is_told_with_the_nearest_that_there_is() {
        const GATE: &str = "[environments.a]\ntitle = \"A\"\nurls = { api = \"http://a.example\" }\n\n[gates.health]\ntitle = \"Health\"\n\
                            kind = \"http\"\nhttp = { url = \"{url.api}/\" }\nexpect = [{ check = \"status\", equals = 200 }]\n";
        GatesFile::parse(GATE).expect("it is right as it is");
        for (right, wrong, near) in [
            ("[gates.health]\ntitle", "[gates.health]\ntilte", "`title`"),
            ("kind = \"http\"", "kind = \"htpp\"", "`http`"),
            ("expect =", "expct =", "`expect`"),
            ("urls =", "ulrs =", "`urls`"),
        ] {
            let text = GATE.replacen(right, wrong, 1);
            assert_ne!(text, GATE);
            let error = GatesFile::parse(&text).expect_err(wrong).message;
            assert!(error.ends_with(&format!("; did you mean {near}?")), "{wrong}: {error}");
        }
        let error = GatesFile::parse(&GATE.replacen("urls =", "weather =", 1)).expect_err("no such key");
        assert!(!error.message.contains("did you mean"), "{}", error.message);
    }
}
