//! What is masked, in whatever pieces it comes, and what is left alone.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

fn streamed(redaction: &Redaction, bytes: &[u8], sizes: &[usize]) -> String {
    let mut stream = redaction.stream();
    let mut clean = Vec::new();
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        clean.extend(stream.push(chunk));
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    clean.extend(stream.finish());
    String::from_utf8(clean).unwrap()
}

#[test]
fn every_form_is_masked() {
    let redaction = Redaction::new(["p@ss/w\"örd 1"]);
    for form in [
        "p@ss/w\"örd 1".to_owned(),
        "p%40ss%2Fw%22%C3%B6rd%201".to_owned(),
        "p%40ss%2fw%22%c3%b6rd%201".to_owned(),
        "p%40ss%2Fw%22%C3%B6rd+1".to_owned(),
        "p%40ss/w%22%C3%B6rd%201".to_owned(),
        "p@ss/w\\\"örd 1".to_owned(),
        "p@ss\\/w\\\"\\u00f6rd 1".to_owned(),
        "70407373".to_owned() + "2f7722c3b6726420" + "31",
        ("70407373".to_owned() + "2f7722c3b6726420" + "31").to_uppercase(),
        STANDARD.encode("p@ss/w\"örd 1"),
        URL_SAFE_NO_PAD.encode("p@ss/w\"örd 1"),
        // As Go, PHP, Python, JavaScript, Rust and HTML write it, and any mixture.
        "p@ss\\u002fw\\u0022\\u00F6rd\\u00201".to_owned(),
        "\\u0070\\u0040ss/w\\x22\\xc3\\xb6rd 1".to_owned(),
        "p@ss/w\\\\\\\"örd 1".to_owned(),
        "p@ss/w\\\\u0022\\\\u00f6rd 1".to_owned(),
        "p@ss/w\\u{22}\\u{f6}rd 1".to_owned(),
        "p%2540ss%252Fw%2522%25C3%25B6rd%25201".to_owned(),
        "p%40ss\\/w%22%C3%B6rd%201".to_owned(),
        "p@ss/w&quot;&#246;rd&#x20;1".to_owned(),
    ] {
        assert_eq!(
            redaction.text(&format!("<{form}>")).trim_end_matches(['=', '>']),
            format!("<{MASK}").trim_end(),
            "{form}"
        );
    }
}

/// A secret with whatever encodings write in another way, and what each form becomes.
#[test]
fn quotes_and_references_are_masked_in_every_way_to_write_them() {
    let redaction = Redaction::new(["'p$ss\"w@rd' ö&1"]);
    for (form, clean) in [
        (
            "<td>&apos;p&dollar;ss&quot;w&commat;rd&apos; &ouml;&amp;1</td>",
            "<td>••••••</td>",
        ),
        ("&#39;p&#36;ss&#34;w&#64rd&#x27 &#0246;&#x00026;1.", "••••••."),
        (
            "&amp;#39;p&amp;dollar;ss&amp;quot;w@rd&amp;apos; &amp;ouml;&amp;amp;1",
            "••••••",
        ),
        (
            r#"{"html": "'p&dollar;ss\"w@rd'\u0020&ouml;&amp;1"}"#,
            r#"{"html": "••••••"}"#,
        ),
        (r#"7,"'p$ss""w@rd' ö&1",x"#, r#"7,"••••••",x"#),
        (r#"('''p$ss"w@rd'' ö&1', 'x')"#, "(''••••••', 'x')"),
        (r#"{"csv": "7,\"'p$ss\"\"w@rd' ö&1\""}"#, r#"{"csv": "7,\"••••••\""}"#),
        (r#"+ login ''\''p$ss"w@rd'\'' ö&1' -v"#, "+ login '••••••' -v"),
        (r#"+ login ''"'"'p$ss"w@rd'"'"' ö&1' -v"#, "+ login '••••••' -v"),
        (r#"{"sh": "''\\''p$ss\"w@rd'\\'' ö&1'"}"#, r#"{"sh": "'••••••'"}"#),
        (r#"$'\'p$ss"w@rd\' \303\266&1'"#, "$••••••'"),
        ("=27p=24ss=22w@r=\r\nd' =C3=B6&=\n1!", "••••••!"),
        ("=27p=24ss=22w=40rd=27 =c3=b6=261!", "••••••!"),
    ] {
        assert_eq!(redaction.text(form), clean, "{form}");
        for size in 1..8 {
            let streamed = streamed(&redaction, form.as_bytes(), &[size]);
            assert_eq!(streamed, clean, "{form} in pieces of {size}");
        }
    }
}

#[test]
fn what_only_begins_like_an_encoding_stays_as_it_was_written() {
    let redaction = Redaction::new(["zyxwvuts"]);
    for text in [
        "&dollar",
        "&dollar;",
        "&nosuch; &#; &#x; &#xg; &#99999999; &",
        r#"a ""b"" '' '\' '\'' '"'"' '"'"#,
        "= == =2 =2g =\r =\r\rx =\n =",
        r"\0 \08 \777 \12",
        "&CounterClockwiseContourIntegral;&CounterClockwiseContourIntegralAndMore;",
    ] {
        assert_eq!(redaction.text(text), text);
        assert_eq!(streamed(&redaction, text.as_bytes(), &[1]), text);
    }
}

#[test]
fn marks_of_encodings_cost_as_much_however_many_there_are() {
    let time = |text: &str| {
        let redaction = Redaction::new(["hunter2-hunter2"]);
        let since = std::time::Instant::now();
        assert_eq!(redaction.text(text), text);
        since.elapsed()
    };
    for mark in ["'", "\"", "=", "&", "&#", "\\0", "'\"", "&a"] {
        let count = 100_000 / mark.len();
        let (few, many) = (time(&mark.repeat(count / 8)), time(&mark.repeat(count)));
        assert!(many < few * 32, "{mark}: {few:?}, and {many:?} for eight times as much");
    }
}

#[test]
fn ordinary_text_is_given_out_at_once() {
    let mut stream = Redaction::new(["hunter2-hunter2"]).stream();
    assert_eq!(stream.push(b"a line\n"), b"a line\n");
    assert_eq!(stream.push(b"another hun"), b"another ");
    assert_eq!(stream.push(b"ger\n"), b"hunger\n");
    assert_eq!(stream.push(b"hunter2-hunter2"), MASK.as_bytes());
}

#[test]
fn what_stands_before_a_secret_takes_nothing_of_it() {
    for (secret, before, form) in [
        ("0 0\u{2023}", "%a", "0%200%E2%80%A3"),
        ("0 0\u{2023}", "%a", "0%200%e2%80%a3"),
        ("bad pass", "50%", "bad+pass"),
        ("nab\"cd", "\\", "nab\\\"cd"),
        ("4bc&d", "&#6", "4bc&amp;d"),
        ("a\"b&c", "&#x2", "a&quot;b&amp;c"),
        ("b'c<d", "&#x", "b&#x27;c&lt;d"),
        ("p;c>d", "&am", "p;c&gt;d"),
        ("6b=d", "=2", "6b=3Dd"),
        ("ab\u{e9}=", "=", "ab=C3=A9=3D"),
        ("ab\u{e9}=", "=", "ab=c3=a9=3d"),
    ] {
        let redaction = Redaction::new([secret]);
        let text = format!("{before}{form}!");
        assert_eq!(redaction.text(&text), format!("{before}{MASK}!"));
        assert_eq!(streamed(&redaction, text.as_bytes(), &[1]), format!("{before}{MASK}!"));
    }
}

#[test]
fn ordinary_text_and_short_secrets_are_left_alone() {
    assert_eq!(Redaction::new([]).text("nothing to hide"), "nothing to hide");
    assert_eq!(Redaction::new(["abc"]).text("abc abc"), "abc abc");
    assert_eq!(Redaction::new(["hunter2"]).text("hunter1, hunter3"), "hunter1, hunter3");
}

#[test]
fn overlapping_secrets_leave_nothing_of_each_other() {
    let redaction = Redaction::new(["abcdef", "defghi"]);
    assert_eq!(redaction.text("<abcdefghi>"), format!("<{MASK}>"));
    for size in 1..6 {
        assert_eq!(
            streamed(&redaction, b"<abcdefghi> abcdef", &[size]),
            format!("<{MASK}> {MASK}"),
            "{size}"
        );
    }
}

#[test]
fn what_go_escapes_by_default_is_masked() {
    let redaction = Redaction::new(["a<b>&c\u{1f600}d"]);
    for form in [
        "a\\u003cb\\u003e\\u0026c\u{1f600}d",
        "a<b>&c\\ud83d\\ude00d",
        "a&lt;b&gt;&amp;c&#128512;d",
    ] {
        assert_eq!(redaction.text(&format!("\"{form}\"")), format!("\"{MASK}\""), "{form}");
    }
    // Half a character, and what only begins like an escape, is left as it was written.
    for text in ["\\ud83d x", "\\u00", "\\q \\", "100% & more; &nosuch; %zz &"] {
        assert_eq!(redaction.text(text), text);
    }
}

#[test]
fn base64_in_lines_is_masked_at_each_alignment() {
    let secret: String = (0..120_u32)
        .filter_map(|number| char::from_u32(33 + (number * 7) % 90))
        .collect();
    let redaction = Redaction::new([secret.as_str()]);
    for before in 0..3 {
        let plain = ["x".repeat(before), secret.clone(), "y".repeat(5)].concat();
        for encoded in [STANDARD.encode(&plain), URL_SAFE_NO_PAD.encode(&plain)] {
            for (width, end) in [
                (76, "\n"),
                (64, "\r\n"),
                (76, "\n    "),
                (60, "\\n"),
                (76, "%0D%0A"),
                (1, "\n"),
            ] {
                let lines: Vec<&str> = encoded
                    .as_bytes()
                    .chunks(width)
                    .map(|line| std::str::from_utf8(line).unwrap())
                    .collect();
                let text = lines.join(end);
                for size in [1, 7, 4096] {
                    let clean = streamed(&redaction, text.as_bytes(), &[size]);
                    let left = clean.chars().filter(|one| *one != '•' && !one.is_whitespace()).count();
                    assert!(
                        clean.contains(MASK) && left < 24,
                        "{before} {width} {end:?} {size}: {clean}"
                    );
                }
            }
        }
    }
    let hex: Vec<String> = hex::encode(&secret)
        .to_uppercase()
        .as_bytes()
        .chunks(60)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    assert_eq!(redaction.text(&hex.join("\n")), MASK);
}

#[test]
fn a_secret_over_two_channels_is_masked_in_either_order() {
    let redaction = Redaction::new(["hunter2-hunter2"]);
    for pieces in [
        // In the order of their coming.
        vec![(0, "<SEE hunter2-"), (1, "hunter2"), (0, "tail> ")],
        vec![(1, "<SEE hunter2-"), (0, "hunter2tail> ")],
        vec![(0, "<SEE hunter2"), (1, "-hunt"), (0, "er2tail> ")],
        // On one of them, with the other in between.
        vec![(0, "<SEE hunter2-"), (1, "warning"), (0, "hunter2tail> ")],
        vec![(1, "<SEE hunter2-"), (0, "warning"), (1, "hunter2tail> ")],
    ] {
        let mut stream = redaction.stream();
        let mut clean = Vec::new();
        for (channel, piece) in &pieces {
            clean.extend(stream.push_on(*channel, piece.as_bytes()));
        }
        clean.extend(stream.finish());
        assert_eq!(
            String::from_utf8(clean).unwrap(),
            format!("<SEE {MASK}tail> "),
            "{pieces:?}"
        );
    }
}

#[test]
fn what_is_held_back_is_bounded() {
    let mut stream = Redaction::new(["hunter2-hunter2"]).stream();
    assert_eq!(stream.push(b"hunter2"), b"");
    let given: usize = (0..1000).map(|_| stream.push_on(1, &[b'x'; 1024]).len()).sum();
    assert!(given > 1000 * 1024 - 70_000, "{given}");
}

#[test]
fn a_long_secret_costs_no_more_for_each_byte_than_a_short_one() {
    let time = |length: usize| {
        let secret = "a".repeat(length) + "b";
        let redaction = Redaction::new([secret.as_str()]);
        // Always the beginning of the secret, and never all of it.
        let text = "a".repeat(200_000);
        let mut stream = redaction.stream();
        let since = std::time::Instant::now();
        let mut clean = 0;
        for chunk in text.as_bytes().chunks(512) {
            clean += stream.push(chunk).len();
        }
        clean += stream.finish().len();
        assert_eq!(clean, text.len());
        since.elapsed()
    };
    let (short, long) = (time(64), time(16 * 1024));
    assert!(
        long < short * 8,
        "{short:?} for a short one, {long:?} for one of 16 KiB"
    );
}

#[test]
fn each_line_of_a_key_is_masked() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END KEY-----";
    let redacted = Redaction::new([key]).text("line: MIIEvQIBADANBgkqhkiG.");
    assert_eq!(redacted, format!("line: {MASK}."));
}

fn forms(secret: &str) -> Vec<String> {
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::to_string(secret).unwrap();
    vec![
        secret.to_owned(),
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string(),
        percent.to_lowercase(),
        percent,
        hex.to_uppercase(),
        hex,
        json[1..json.len() - 1].to_owned(),
        html_escape(secret),
        quoted_printable(secret),
    ]
}

fn html_escape(secret: &str) -> String {
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    html.replace('"', "&quot;").replace('\'', "&#39;")
}

fn quoted_printable(secret: &str) -> String {
    let write = |byte: u8| match byte {
        b' '..=b'<' | b'>'..=b'~' => char::from(byte).to_string(),
        _ => format!("={byte:02X}"),
    };
    secret.bytes().map(write).collect()
}

proptest! {
    #[test]
    fn no_form_survives_any_chunking(
        secret in "[^•\u{0}-\u{1f}]{4,24}",
        before in ".{0,40}",
        // What may take the first characters of a secret for its own.
        opens in prop::sample::select(vec!["", "%", "%2", "&", "&#", "&#6", "&#x", "&#x2", "=", "=2", "\\", "\\x", "\\u00"]),
        between in ".{0,10}",
        after in ".{0,40}",
        which in 0..9_usize,
        sizes in prop::collection::vec(1..17_usize, 1..6),
    ) {
        let redaction = Redaction::new([secret.as_str()]);
        let form = &forms(&secret)[which];
        let text = format!("{before}{opens}{form}{between}{form}{after}");
        let clean = streamed(&redaction, text.as_bytes(), &sizes);
        for form in forms(&secret) {
            prop_assert!(!clean.contains(&form), "{clean} holds {form}");
        }
        prop_assert_eq!(clean, redaction.text(&text), "chunks make no difference");
    }

    #[test]
    fn no_base64_tells_the_secret(
        secret in "[a-zA-Z0-9!#$%]{12,32}",
        before in prop::collection::vec(any::<u8>(), 0..8),
        after in prop::collection::vec(any::<u8>(), 0..8),
        url_safe in any::<bool>(),
        size in 1..17_usize,
    ) {
        let redaction = Redaction::new([secret.as_str()]);
        let plain = [before.as_slice(), secret.as_bytes(), after.as_slice()].concat();
        let encoded = if url_safe { URL_SAFE_NO_PAD.encode(&plain) } else { STANDARD.encode(&plain) };
        let clean = streamed(&redaction, encoded.as_bytes(), &[size]);
        // Only the characters at the two ends that mix the secret's bits with its neighbours' may be left.
        let first = (before.len() * 8).div_ceil(6);
        let last = (before.len() + secret.len()) * 8 / 6;
        prop_assert!(clean.contains(MASK), "{clean}");
        let left = clean.chars().filter(|one| *one != '•').count();
        prop_assert!(left <= encoded.len() - (last - first), "{clean} of {encoded}");
    }

    #[test]
    fn what_holds_no_secret_is_unchanged(text in "[a-m ]{0,80}", size in 1..17_usize) {
        let redaction = Redaction::new(["zyxwvuts"]);
        prop_assert_eq!(streamed(&redaction, text.as_bytes(), &[size]), text);
    }
}
