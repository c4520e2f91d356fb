//! The signature of JSON messages: whoever has the key can tell that a message is from this proxy, and when it was sent.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// `sha256=` and the HMAC-SHA256 (hex) over the seconds since 1970, a full stop and the body.
pub(super) fn signature(key: &[u8], timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by Python's `hmac.new(key, b"1795780800." + body, "sha256").hexdigest()`.
    #[test]
    fn it_is_what_others_compute() {
        assert_eq!(
            signature(b"correct-horse", 1_795_780_800, br#"{"event":"closed"}"#),
            "sha256=9e6918851591db75c404531bfd5a5b94ff7ba991d968c2f4c2b707fc6dc8df5a"
        );
    }

    #[test]
    fn key_time_and_body_all_count() {
        let signed = signature(b"key", 1, b"body");
        for other in [
            signature(b"yek", 1, b"body"),
            signature(b"key", 2, b"body"),
            signature(b"key", 1, b"b0dy"),
        ] {
            assert_ne!(signed, other);
        }
    }
}
