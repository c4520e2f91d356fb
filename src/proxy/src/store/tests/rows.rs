//! A session's events are those that its own row counts, or it is unreadable.

use super::*;

/// What can be wrong with the rows of a session of three events: the place that is told, the cause, and whether the numbers of the
/// rows tell it already.
const DISAGREEMENTS: [(&str, i64, &str, bool); 13] = [
    ("DELETE FROM events WHERE session = ?", 1, "not there", true),
    (
        "DELETE FROM events WHERE session = ? AND seq = 1",
        1,
        "not there",
        false,
    ),
    (
        "DELETE FROM events WHERE session = ? AND seq = 2",
        2,
        "not there",
        false,
    ),
    ("DELETE FROM events WHERE session = ? AND seq = 3", 3, "not there", true),
    (
        "UPDATE events SET seq = 4 WHERE session = ? AND seq = 3",
        4,
        "that 3 is",
        true,
    ),
    ("DELETE FROM events WHERE session = ? AND seq > 1", 2, "not there", true),
    ("UPDATE sessions SET last_seq = 9 WHERE id = ?", 4, "not there", true),
    (
        "UPDATE sessions SET last_seq = 2, progress_seq = 2 WHERE id = ?",
        3,
        "that 2 is",
        true,
    ),
    (
        "UPDATE sessions SET last_seq = 0, progress_seq = 0 WHERE id = ?",
        1,
        "that 0 is",
        true,
    ),
    ("UPDATE sessions SET last_seq = -4 WHERE id = ?", 1, "that -4 is", true),
    (
        "UPDATE events SET hash = 'x' WHERE session = ? AND seq = 3",
        3,
        "not its own",
        false,
    ),
    (
        "UPDATE events SET record = json_set(record, '$.prev', 'x') WHERE session = ? AND seq = 1",
        1,
        "does not follow",
        false,
    ),
    (
        "UPDATE events SET record = json_set(record, '$.prev', 'x') WHERE session = ? AND seq = 3",
        3,
        "does not follow",
        false,
    ),
];

#[tokio::test]
async fn a_session_whose_rows_do_not_agree_is_unreadable_and_in_the_list() {
    let (dir, store) = store().await;
    let mut connection = schema::options(dir.path()).connect().await.unwrap();
    sqlx::raw_sql("DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_deleted")
        .execute(&mut connection)
        .await
        .unwrap();
    let good = Uuid::now_v7();
    store.append(append(good, 1, 3)).await.unwrap();
    for (damage, place, cause, by_number) in DISAGREEMENTS {
        let bad = Uuid::now_v7();
        store.append(append(bad, 1, 3)).await.unwrap();
        let statement = sqlx::query(damage).bind(bad.hyphenated());
        assert!(statement.execute(&mut connection).await.unwrap().rows_affected() > 0);
        let is_told = |read: Result<(), StoreError>| match read {
            Err(StoreError::Unreadable { session, seq, source }) => {
                assert_eq!((session, seq), (bad, place), "{damage}: {source}");
                assert!(source.to_string().contains(cause), "{damage}: {source}");
                true
            }
            Ok(()) => false,
            Err(other) => panic!("{damage}: {other}"),
        };
        assert!(is_told(all_events(&store, bad, 0).await.map(drop)), "{damage}");
        assert!(is_told(store.events_json(bad, 0, 50).await.map(drop)), "{damage}");
        assert!(is_told(store.texts(bad, 0, 50).await.map(drop)), "{damage}");
        // Whoever asks for the end or for the list reads no event.
        assert_eq!(is_told(store.head(bad).await.map(drop)), by_number, "{damage}");
        let listed = store.briefs(None).await.unwrap();
        let is_marked = listed.iter().any(|brief| brief.id == bad && brief.unreadable);
        assert_eq!(is_marked, by_number, "{damage}");
        let rows = store.sessions().await.unwrap();
        assert!(rows.iter().any(|row| row.id == bad), "{damage}");
    }
    assert_eq!(all_events(&store, good, 0).await.unwrap().len(), 3);
    assert_eq!(store.append(append(good, 4, 1)).await.unwrap(), Appended::Durable);
}

/// The second reading of an event holds it to its place, and passes over what happened.
#[tokio::test]
async fn a_text_is_held_to_its_place_and_what_happened_is_passed_over() {
    let (dir, store) = store().await;
    let mut connection = schema::options(dir.path()).connect().await.unwrap();
    sqlx::raw_sql("DROP TRIGGER events_are_not_changed")
        .execute(&mut connection)
        .await
        .unwrap();
    for (record, cause) in [
        ("'x'", Some("expected value")),
        ("CAST(x'7b2276223a31ff7d' AS TEXT)", Some("utf-8")),
        ("json_set(record, '$.v', 99)", Some("version 99")),
        ("json_set(record, '$.seq', 7)", Some("calls itself event 7")),
        ("json_remove(record, '$.hash')", Some("missing field `hash`")),
        ("record || '}'", Some("trailing characters")),
        ("json_set(record, '$.event', json('{\"type\":\"unheard_of\"}'))", None),
    ] {
        let session = Uuid::now_v7();
        store.append(append(session, 1, 3)).await.unwrap();
        let damage = format!("UPDATE events SET record = {record} WHERE session = ? AND seq = 2");
        let damage = sqlx::query(sqlx::AssertSqlSafe(damage)).bind(session.hyphenated());
        assert_eq!(damage.execute(&mut connection).await.unwrap().rows_affected(), 1);
        let strict = store.events_json(session, 0, 50).await.map(drop);
        assert!(matches!(strict, Err(StoreError::Unreadable { seq: 2, .. })), "{record}");
        match (store.texts(session, 0, 50).await, cause) {
            (Ok(texts), None) => assert_eq!(texts.len(), 3),
            (Err(StoreError::Unreadable { seq: 2, source, .. }), Some(cause)) => {
                assert!(source.to_string().contains(cause), "{record}: {source}");
            }
            (other, _) => panic!("{record}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_page_that_ends_before_the_session_does_is_whole() {
    let (_dir, store) = store().await;
    let session = Uuid::now_v7();
    store.append(append(session, 1, 4)).await.unwrap();
    for (after, limit, count) in [
        (0, 2, 2),
        (2, 2, 2),
        (3, 9, 1),
        (4, 9, 0),
        (4, 1, 0),
        (7, 9, 0),
        (0, 0, 0),
    ] {
        assert_eq!(
            store.events(session, after, limit).await.unwrap().len(),
            count,
            "{after} {limit}"
        );
    }
    assert!(store.events(Uuid::now_v7(), 0, 9).await.unwrap().is_empty());
}

/// An earlier version did not keep what was left out and what was gone on with: its rows are not to be read as if nothing had been.
#[test]
fn a_row_without_what_was_left_out_is_folded_anew() {
    let id = Uuid::from_u128(1);
    let nameless = brief::listed((
        id.to_string().into_bytes(),
        Vec::new(),
        None,
        Some(Vec::new()),
        true,
        None,
    ));
    let brief = serde_json::to_vec(&nameless.expect("its row is there")).unwrap();
    let progress_of = |done: &str, more: &str| {
        let text = format!(
            r#"{{"closed":"2026-01-01T00:00:00Z","outcome":"completed","standing":"completed",{done},"undone_by":null{more}}}"#
        );
        brief::read_brief(&brief, text.as_bytes(), None)
    };
    let progress = |more: &str| progress_of(r#""ticked":3"#, more);
    let all = r#","left_out":true,"without_pass":false,"maybe_live":false,"unverified":false"#;
    let kept = progress(all).expect("it has all");
    assert!(kept.left_out && !kept.without_pass);
    progress_of(r#""done":3"#, all).expect_err("what was left out was counted");
    let without_two = r#","left_out":true,"without_pass":false"#;
    let without_one = r#","left_out":true,"without_pass":false,"maybe_live":false"#;
    for without in [
        "",
        r#","left_out":true"#,
        r#","without_pass":true"#,
        without_two,
        without_one,
    ] {
        progress(without).expect_err(without);
    }
}
