//! The time of day, and ids that begin with it. Both are right whatever the clock says: chrono's `Utc::now` and uuid's `now_v7`
//! panic when it is before 1970, as it is on a machine without a battery until it has asked for the time.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// The time of day.
#[must_use]
pub fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// A new id (UUID v7). Before 1970 it begins with 1970.
#[must_use]
pub fn new_id() -> Uuid {
    id_at(now())
}

fn id_at(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_at_any_time() {
        for seconds in [-3_155_760_000, -1, 0, 1, 1_800_000_000] {
            let at = DateTime::from_timestamp(seconds, 5).unwrap();
            let (one, other) = (id_at(at), id_at(at));
            assert_ne!(one, other);
            let (begins, _) = one.get_timestamp().unwrap().to_unix();
            assert_eq!(begins, u64::try_from(seconds).unwrap_or(0));
        }
    }
}
