//! Due work that failed: left alone for a while, twice as long each time, so that it neither fills the rounds nor the log.

use kernel::{InstanceId, PaymentId, TenantId, Timestamp};
use std::{collections::HashMap, time::Duration};

/// After the first failure.
const FIRST: Duration = Duration::from_secs(2);
/// However often it failed: who mends the cause waits no longer.
const LONGEST: Duration = Duration::from_secs(300);

/// One thing that falls due by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    Terms(TenantId),
    Dunning(TenantId),
    Attempt(PaymentId),
    Purge(InstanceId),
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    until: Timestamp,
    wait: Duration,
}

/// What failed, and until when each is left alone.
#[derive(Debug, Default)]
pub struct PutOff(HashMap<Work, Failed>);

impl PutOff {
    /// How many there are: so many more are to be asked for than are to be done.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The first of what is due, `batch` at most, without what is left alone by now.
    pub fn others<T>(&self, due: Vec<T>, work: impl Fn(&T) -> Work, batch: usize, now: Timestamp) -> Vec<T> {
        due.into_iter().filter(|one| self.0.get(&work(one)).is_none_or(|failed| failed.until <= now)).take(batch).collect()
    }

    /// Leaves it alone from now on; answers for how long.
    pub fn failed(&mut self, work: Work, now: Timestamp) -> Duration {
        let wait = self.0.get(&work).map_or(FIRST, |before| (before.wait * 2).min(LONGEST));
        self.0.insert(work, Failed { until: now.plus(wait), wait });
        wait
    }

    pub fn done(&mut self, work: Work) {
        self.0.remove(&work);
    }

    /// Forgets what is not due any more: it was not come across again although its time was over.
    pub fn forget(&mut self, now: Timestamp) {
        self.0.retain(|_, failed| now < failed.until.plus(LONGEST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn terms(number: u128) -> Work {
        Work::Terms(TenantId::from_uuid(Uuid::from_u128(number)))
    }

    #[test]
    fn what_fails_makes_room_for_what_is_due_after_it() {
        let mut put_off = PutOff::default();
        let due = || (0..5).map(terms).collect::<Vec<_>>();
        let next = |put_off: &PutOff, now| put_off.others(due(), |work| *work, 2, at(now));
        assert_eq!(next(&put_off, 0), [terms(0), terms(1)]);
        for work in [0, 1].map(terms) {
            put_off.failed(work, at(0));
        }
        assert_eq!(next(&put_off, 1), [terms(2), terms(3)]);
        assert_eq!(next(&put_off, 2), [terms(0), terms(1)], "and comes again");
        put_off.done(terms(0));
        assert_eq!((put_off.count(), next(&put_off, 1)), (1, vec![terms(0), terms(2)]));
        // Another kind of work of the same organisation is another thing.
        let dunning = Work::Dunning(TenantId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(put_off.others(vec![dunning], |work| *work, 2, at(1)), [dunning]);
    }

    #[test]
    fn each_failure_is_left_alone_for_twice_as_long_up_to_some_minutes() {
        let mut put_off = PutOff::default();
        let waits: Vec<u64> = (0..10).map(|_| put_off.failed(terms(0), at(0)).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        put_off.done(terms(0));
        assert_eq!(put_off.failed(terms(0), at(0)).as_secs(), 2);
        put_off.forget(at(301));
        assert_eq!(put_off.count(), 1);
        put_off.forget(at(302));
        assert_eq!(put_off.count(), 0);
    }
}
