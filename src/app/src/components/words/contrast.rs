//! Measures the palette: WCAG 2.2 asks 4.5:1 of text and 3:1 of marks and of the edges of controls.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../../../style/tokens.css");
const GROUNDS: [&str; 9] = [
    "paper",
    "sheet",
    "sunk",
    "log-ground",
    "accent-wash",
    "go-wash",
    "hold-wash",
    "nogo-wash",
    "hold-paper",
];
const TEXTS: [&str; 7] = ["ink", "ink-2", "ink-3", "accent", "go", "hold", "nogo"];

/// The light and the dark value of each colour; the first declaration counts, those for more contrast come after it.
fn colours() -> BTreeMap<&'static str, [[u8; 3]; 2]> {
    let mut found = BTreeMap::new();
    for line in TOKENS.lines() {
        let Some((name, value)) = line
            .trim()
            .strip_prefix("--")
            .and_then(|line| line.split_once(": light-dark(#"))
        else {
            continue;
        };
        let Some((light, dark)) = value.trim_end_matches(");").split_once(", #") else {
            continue;
        };
        found.entry(name).or_insert([rgb(light), rgb(dark)]);
    }
    found
}

fn rgb(hex: &str) -> [u8; 3] {
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour of six digits");
    [part(0), part(2), part(4)]
}

fn luminance(colour: [u8; 3]) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(colour[0]) + 0.7152 * channel(colour[1]) + 0.0722 * channel(colour[2])
}

fn ratio(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn assert_at_least(least: f64, front: &str, back: &str) {
    let colours = colours();
    for (theme, name) in ["light", "dark"].into_iter().enumerate() {
        let found = ratio(colours[front][theme], colours[back][theme]);
        assert!(
            found >= least,
            "--{front} on --{back}, {name}: {found:.2} is less than {least}"
        );
    }
}

#[test]
fn every_text_can_be_read_on_every_ground_in_both_themes() {
    for text in TEXTS {
        for ground in GROUNDS {
            assert_at_least(4.5, text, ground);
        }
    }
}

#[test]
fn text_on_filled_buttons_and_marks_can_be_read() {
    for mark in ["go", "hold", "nogo", "accent"] {
        assert_at_least(4.5, "on-mark", mark);
    }
    assert_at_least(4.5, "paper", "ink");
    assert_at_least(4.5, "paper", "ink-2");
}

#[test]
fn edges_of_controls_can_be_seen() {
    for ground in GROUNDS {
        assert_at_least(3.0, "mark-line", ground);
    }
}
