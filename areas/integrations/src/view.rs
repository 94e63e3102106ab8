//! What pages and the REST interface show of keys.

use kernel::{ApiKeyId, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct ApiKeyView {
    pub id: ApiKeyId,
    pub name: String,
    /// How the secret begins.
    pub prefix: String,
    pub scopes: Vec<String>,
    /// The maker's id, as the audit trail has it.
    pub made_by: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub last_used_address: Option<String>,
}

/// A key just made. Its secret is shown now and never again; printing this does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    pub key: ApiKeyView,
    pub secret: String,
}

impl std::fmt::Debug for NewApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}
