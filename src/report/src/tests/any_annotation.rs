//! Annotations of every kind, at random.

use chrono::NaiveDate;
use holdpoint_domain::session::{ActionState, Annotation, SeverityLevel};
use proptest::prelude::*;
use uuid::Uuid;

pub fn annotation() -> impl Strategy<Value = Annotation> {
    let level = || {
        let all = SeverityLevel::ALL.map(Some);
        proptest::sample::select(all.into_iter().chain([None]).collect::<Vec<_>>())
    };
    let texts = || proptest::collection::vec(any::<String>(), 0..3);
    let due = || prop_oneof![Just(None), Just(NaiveDate::from_ymd_opt(2025, 12, 1))];
    let state = || {
        prop_oneof![
            Just(ActionState::Open),
            Just(ActionState::Done),
            Just(ActionState::Dropped)
        ]
    };
    let id = || (1..3_u128).prop_map(Uuid::from_u128);
    prop_oneof![
        texts().prop_map(|whys| Annotation::RootCause { whys }),
        texts().prop_map(|factors| Annotation::Factors { factors }),
        any::<String>().prop_map(|text| Annotation::Impact { text }),
        (level(), any::<String>()).prop_map(|(level, reason)| Annotation::Severity { level, reason }),
        (id(), any::<String>(), any::<String>(), due()).prop_map(|(id, text, owner, due)| Annotation::Action {
            id,
            text,
            owner,
            due
        }),
        (id(), state()).prop_map(|(id, state)| Annotation::ActionState { id, state }),
        (1..4_u64, any::<String>()).prop_map(|(seq, caption)| Annotation::Star { seq, caption }),
        (1..4_u64).prop_map(|seq| Annotation::Unstar { seq }),
    ]
}
