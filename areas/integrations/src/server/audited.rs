//! Use cases that change something, as others call them: an attempt that the rules refuse leaves its entry in the audit
//! trail (`platform::Attempt`).

use super::api_keys::{self, KeyError};
use crate::{api_key::CreateApiKey, view::NewApiKey};
use kernel::ApiKeyId;
use platform::{Attempt, Cx};

pub async fn create_api_key(cx: &Cx, cmd: CreateApiKey) -> Result<NewApiKey, KeyError> {
    Attempt::new("integrations.key.created", "").run(cx, api_keys::create_api_key(cx, cmd)).await
}

pub async fn revoke_api_key(cx: &Cx, id: ApiKeyId) -> Result<(), KeyError> {
    Attempt::new("integrations.key.revoked", id).run(cx, api_keys::revoke_api_key(cx, id)).await
}
