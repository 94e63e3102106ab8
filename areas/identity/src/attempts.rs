//! How often something may be tried: a number within a window, with growing pauses on the way there.

use kernel::Timestamp;
use std::time::Duration;

/// What is counted, for whom, and how many are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Stable name in the table.
    pub what: &'static str,
    /// Attempts within one window.
    pub most: i32,
    /// Attempts from which on each one waits twice as long as the one before, beginning with a second.
    pub free: i32,
}

/// How long attempts are counted together, from the first one on.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Guesses of one account's password, whoever makes them.
pub const SIGN_IN_ACCOUNT: Limit = Limit { what: "sign_in_account", most: 10, free: 5 };
/// Guesses from one address, whichever accounts they are for; an office shares one.
pub const SIGN_IN_ADDRESS: Limit = Limit { what: "sign_in_address", most: 50, free: 50 };
/// New organisations from one address.
pub const SIGN_UP_ADDRESS: Limit = Limit { what: "sign_up_address", most: 60, free: 60 };
/// Mails that one account can be made to receive.
pub const MAIL_ACCOUNT: Limit = Limit { what: "mail_account", most: 5, free: 5 };
/// Mails that one address can cause.
pub const MAIL_ADDRESS: Limit = Limit { what: "mail_address", most: 30, free: 30 };
/// Invitations that one address can be sent, whoever invites it.
pub const INVITATION_ACCOUNT: Limit = Limit { what: "invitation_account", most: 5, free: 5 };
/// Invitations that one organisation sends.
pub const INVITATION_ORGANISATION: Limit = Limit { what: "invitation_organisation", most: 100, free: 100 };
/// Links from mails that one address may try.
pub const LINK_ADDRESS: Limit = Limit { what: "link_address", most: 60, free: 60 };

/// What is remembered of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub count: i32,
    pub window_start: Timestamp,
    pub not_before: Timestamp,
}

/// Whether the attempt may go on, with the tally to remember either way.
pub fn attempt(limit: Limit, before: Option<Tally>, now: Timestamp) -> (Tally, Result<(), Duration>) {
    let fresh = Tally { count: 0, window_start: now, not_before: now };
    let tally = before.filter(|tally| now < tally.window_start.plus(WINDOW)).unwrap_or(fresh);
    if tally.count >= limit.most {
        return (tally, Err(tally.window_start.plus(WINDOW).since(now)));
    }
    if now < tally.not_before {
        return (tally, Err(tally.not_before.since(now)));
    }
    let count = tally.count + 1;
    let pause = match u32::try_from(count - limit.free) {
        Ok(beyond) if limit.free < limit.most => Duration::from_secs(1 << beyond.min(9)),
        _ => Duration::ZERO,
    };
    (Tally { count, not_before: now.plus(pause), ..tally }, Ok(()))
}

/// Who is meant by an address: an IPv6 subscriber has a whole /64.
pub fn address_key(address: &str) -> String {
    match address.parse::<std::net::IpAddr>().map(|address| address.to_canonical()) {
        Ok(std::net::IpAddr::V6(address)) => {
            let parts = address.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", parts[0], parts[1], parts[2], parts[3])
        }
        Ok(address) => address.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_are_free_then_pauses_grow_until_ten_then_the_window_must_pass() {
        let start = Timestamp::from_seconds(1_000_000);
        let (mut now, mut tally, mut waited) = (start, None, Vec::new());
        for _ in 0..10 {
            let (next, outcome) = attempt(SIGN_IN_ACCOUNT, tally, now);
            tally = Some(next);
            if let Err(pause) = outcome {
                waited.push(pause.as_secs());
                now = now.plus(pause);
                let (next, outcome) = attempt(SIGN_IN_ACCOUNT, tally, now);
                assert_eq!(outcome, Ok(()));
                tally = Some(next);
            }
        }
        assert_eq!(waited, [1, 2, 4, 8, 16]);
        let (_, outcome) = attempt(SIGN_IN_ACCOUNT, tally, now.plus(Duration::from_secs(32)));
        assert_eq!(outcome, Err(Duration::from_secs(900 - 31 - 32)));
        let (next, outcome) = attempt(SIGN_IN_ACCOUNT, tally, start.plus(WINDOW));
        assert_eq!((next.count, outcome), (1, Ok(())));
    }

    #[test]
    fn a_refused_attempt_does_not_make_it_worse() {
        let now = Timestamp::from_seconds(0);
        let full = Tally { count: 10, window_start: now, not_before: now };
        assert_eq!(attempt(SIGN_IN_ACCOUNT, Some(full), now).0, full);
    }

    #[test]
    fn one_subscriber_is_one_address() {
        assert_eq!(address_key("2001:db8:1:2:aaaa::1"), address_key("2001:db8:1:2:bbbb::9"));
        assert_eq!(address_key("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(address_key("nonsense"), "unknown");
    }
}
