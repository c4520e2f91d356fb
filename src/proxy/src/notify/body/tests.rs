//! What the messages say, for a session of the test's own.

use holdpoint_domain::session::SessionId;
use holdpoint_domain::summary::Tone;
use serde_json::Value;

use super::*;

const PUBLIC: Option<&str> = Some("https://holdpoint.example");

fn news() -> News {
    News {
        occasion: Occasion::OnHold,
        session: SessionId::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001),
        seq: 12,
        at: "2026-11-27T14:02:11Z".parse().unwrap(),
        by: "Holdpoint".to_owned(),
        title: "Release v1.4.2 to Production".to_owned(),
        headline: "ON HOLD",
        tone: Tone::Hold,
        sentence: "A check has not passed. Nothing new is live yet: “Switch over” comes later.".to_owned(),
        waiting_for: Some("The service is healthy".to_owned()),
        quote: None,
        version: "v1.4.2".to_owned(),
        commit: "a1b2c3d4e5f6".to_owned(),
        author: Some("Sam".to_owned()),
        captain: "Ana".to_owned(),
        environment: "prod".to_owned(),
        environment_title: "Production".to_owned(),
        production: true,
        rehearsal: false,
        undoes: None,
    }
}

/// A message whose every text tries something.
fn hostile() -> News {
    let bad = "@everyone <!channel> <@U1> *b* [x](https://evil.example) https://evil.example | `c` & \u{202e}x";
    News {
        occasion: Occasion::WentOn,
        by: bad.to_owned(),
        title: bad.to_owned(),
        sentence: bad.to_owned(),
        quote: Some(format!("{bad} {}", "long ".repeat(3000))),
        version: bad.repeat(20),
        commit: bad.to_owned(),
        author: Some(bad.to_owned()),
        captain: bad.to_owned(),
        environment_title: bad.to_owned(),
        rehearsal: true,
        ..news()
    }
}

/// Every text in a value, with the keys that lead to it.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_slack_message_says_what_the_watch_page_says() {
    let body = body(Kind::Slack, &news(), "d", PUBLIC);
    assert_eq!(
        body["text"],
        "ON HOLD · Release v1.4.2 to Production:\u{200b} A check has not passed. Nothing new is live yet:\u{200b} “Switch over” comes later. \
         <https://holdpoint.example/watch/01920000-0000-7000-8000-000000000001|Open the watch page>"
    );
    let shown: Vec<String> = texts(&body["blocks"])
        .into_iter()
        .filter(|text| !["plain_text", "section", "header", "context", "mrkdwn"].contains(&text.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            "ON HOLD · Release v1.4.2 to Production",
            "A check has not passed. Nothing new is live yet: “Switch over” comes later.",
            "Version: v1.4.2",
            "Commit: a1b2c3d4e5f6",
            "Author: Sam",
            "Environment: Production (production)",
            "Captain: Ana",
            "Waiting for: The service is healthy",
            "Put on hold · Holdpoint · 2026-11-27T14:02:11Z",
            "<https://holdpoint.example/watch/01920000-0000-7000-8000-000000000001|Open the watch page>",
        ]
    );
}

#[test]
fn a_discord_message_says_what_the_watch_page_says() {
    let body = body(Kind::Discord, &news(), "d", PUBLIC);
    assert_eq!(body["content"], "ON HOLD · Release v1.4.2 to Production");
    assert_eq!(body["allowed_mentions"]["parse"], serde_json::json!([]));
    let embed = &body["embeds"][0];
    assert_eq!(
        embed["description"],
        "A check has not passed. Nothing new is live yet\\: “Switch over” comes later."
    );
    assert_eq!(
        embed["url"],
        "https://holdpoint.example/watch/01920000-0000-7000-8000-000000000001"
    );
    assert_eq!(embed["fields"][1]["value"], "a1b2c3d4e5f6");
    assert_eq!(embed["color"], 0xd2_99_22);
}

#[test]
fn a_plain_message_has_the_facts() {
    let body = body(Kind::Json, &news(), "room.1.12", None);
    assert_eq!(
        (&body["event"], &body["delivery"]),
        (&"on_hold".into(), &"room.1.12".into())
    );
    assert_eq!((&body["headline"], &body["tone"]), (&"ON HOLD".into(), &"hold".into()));
    assert_eq!((&body["watch"], &body["undoes"]), (&Value::Null, &Value::Null));
    assert_eq!(body["at"], "2026-11-27T14:02:11.000Z");
}

#[test]
fn without_a_public_address_there_is_no_link() {
    for kind in [Kind::Slack, Kind::Discord] {
        let text = body(kind, &news(), "d", None).to_string();
        assert!(!text.contains("http") && !text.contains("/watch/"), "{text}");
    }
}

#[test]
fn a_rehearsal_is_marked_first() {
    let rehearsed = News {
        rehearsal: true,
        ..news()
    };
    let slack = body(Kind::Slack, &rehearsed, "d", None);
    assert!(slack["text"].as_str().unwrap().starts_with("REHEARSAL · ON HOLD"));
    assert_eq!(
        slack["blocks"][0]["text"]["text"],
        "REHEARSAL · ON HOLD · Release v1.4.2 to Production"
    );
    let discord = body(Kind::Discord, &rehearsed, "d", None);
    assert!(discord["content"].as_str().unwrap().starts_with("REHEARSAL · ON HOLD"));
    assert_eq!(body(Kind::Json, &rehearsed, "d", None)["rehearsal"], true);
}

#[test]
fn what_people_wrote_mentions_nobody_and_links_nowhere_in_slack() {
    let body = body(Kind::Slack, &hostile(), "d", None);
    for text in texts(&body) {
        assert!(!text.contains(['<', '>']), "{text}");
        assert!(
            !text.contains("@e") && !text.contains("://") && !text.contains('\u{202e}'),
            "{text}"
        );
        assert!(text.encode_utf16().count() <= 3000, "{} is long", text.len());
    }
    let text = body["text"].as_str().unwrap();
    assert!(!text.contains("*b") && !text.contains("`c"), "{text}");
    assert!(
        texts(&body["blocks"][0])
            .iter()
            .all(|text| text.encode_utf16().count() <= 150)
    );
}

#[test]
fn what_people_wrote_mentions_nobody_and_links_nowhere_in_discord() {
    let body = body(Kind::Discord, &hostile(), "d", None);
    let embed = &body["embeds"][0];
    let marked = [&embed["title"], &embed["description"], &body["content"]];
    let fields = embed["fields"].as_array().unwrap().iter().map(|field| &field["value"]);
    for text in marked.into_iter().chain(fields).map(|text| text.as_str().unwrap()) {
        assert!(!text.contains("@e") && !text.contains("://"), "{text}");
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => assert!(characters.next().is_some(), "{text}"),
                '*' | '_' | '`' | '<' | '>' | '[' | ']' | '|' => panic!("{character} is not escaped in {text}"),
                _ => {}
            }
        }
    }
    let all: usize = texts(embed).iter().map(|text| text.encode_utf16().count()).sum();
    assert!(all <= 6000, "{all}");
    assert!(texts(&body["content"])[0].encode_utf16().count() <= 2000);
}

#[test]
fn a_test_says_that_it_is_one_and_links_nowhere() {
    let test = News::test("2026-11-27T14:02:11Z".parse().unwrap());
    for kind in [Kind::Slack, Kind::Discord, Kind::Json] {
        let text = body(kind, &test, "d", PUBLIC).to_string();
        assert!(text.contains("Nothing happened") && text.contains("TEST"), "{text}");
        assert!(!text.contains("/watch/") && !text.contains("Version"), "{text}");
    }
}
