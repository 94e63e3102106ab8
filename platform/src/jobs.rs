//! Jobs: written in the transaction of the change that wants them, run at least once by the worker role through
//! graphile_worker. Shallow, idempotent, bounded.

use serde::{Serialize, de::DeserializeOwned};

/// What a job carries. Its handler stands in the area's `server/jobs.rs` and is named in `server/src/roles/worker.rs`.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// Stable name in the queue.
    const NAME: &'static str;
}
