//! The one source of "now". Real, or simulated: real time plus an offset that lives in the database, so that every
//! process of an installation sees the same moment and `service-hub admin clock advance` moves them all.

use kernel::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

#[derive(Debug, Clone)]
pub struct Clock {
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Real,
    /// Microseconds to add to real time.
    Simulated(Arc<AtomicI64>),
    /// Stands still until told: tests of use cases.
    Still(Arc<AtomicI64>),
}

impl Clock {
    pub fn real() -> Self {
        Self { kind: Kind::Real }
    }

    pub fn simulated(offset_micros: i64) -> Self {
        Self { kind: Kind::Simulated(Arc::new(AtomicI64::new(offset_micros))) }
    }

    /// Stands at `now` until `set`.
    pub fn still(now: Timestamp) -> Self {
        Self { kind: Kind::Still(Arc::new(AtomicI64::new(now.micros()))) }
    }

    pub fn is_simulated(&self) -> bool {
        !matches!(self.kind, Kind::Real)
    }

    pub fn now(&self) -> Timestamp {
        match &self.kind {
            Kind::Real => Timestamp::from_micros(real_micros()),
            Kind::Simulated(offset) => Timestamp::from_micros(real_micros() + offset.load(Ordering::Relaxed)),
            Kind::Still(now) => Timestamp::from_micros(now.load(Ordering::Relaxed)),
        }
    }

    /// Moves a simulated clock so that it shows `now`; answers the offset to keep. A real clock does not move.
    pub fn set(&self, now: Timestamp) -> i64 {
        match &self.kind {
            Kind::Real => 0,
            Kind::Simulated(offset) => {
                let value = now.micros() - real_micros();
                offset.store(value, Ordering::Relaxed);
                value
            }
            Kind::Still(at) => {
                at.store(now.micros(), Ordering::Relaxed);
                0
            }
        }
    }

    /// Takes over an offset that another process wrote.
    pub fn set_offset(&self, offset_micros: i64) {
        if let Kind::Simulated(offset) = &self.kind {
            offset.store(offset_micros, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn real_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the system clock stands after 1970");
    i64::try_from(since.as_micros()).expect("the system clock stands before the year 292000")
}
