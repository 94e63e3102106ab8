//! Keys made, listed and revoked.

use super::store::keys::{self, NewKey};
use crate::{
    api_key::{CreateApiKey, FORM, SHOWN},
    view::{ApiKeyView, NewApiKey},
};
use kernel::{ApiKeyId, Denied, Fault, FieldError, Need};
use platform::{Cx, secrets::random_token};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Keys of one organisation that work at the same time.
const MOST: i64 = 50;

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{}", .0.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<FieldError>),
    /// Unknown or revoked already.
    #[error("there is no such key")]
    NotFound,
    #[error("there are {MOST} keys: revoke one first")]
    TooMany,
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Fault(Fault),
}

platform::refusals!(KeyError);

impl KeyError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "integrations.invalid",
            Self::NotFound => "integrations.key_not_found",
            Self::TooMany => "integrations.too_many_keys",
            Self::Denied(Denied::SignedOut) => "access.signed_out",
            Self::Denied(Denied::TooLittle) => "access.denied",
            Self::Denied(Denied::NoTenant) => "access.no_tenant",
            Self::Fault(_) => "fault",
        }
    }

    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            Self::NotFound | Self::TooMany | Self::Denied(_) | Self::Fault(_) => &[],
        }
    }
}

pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The only moment at which the secret is known.
pub async fn create_api_key(cx: &Cx, cmd: CreateApiKey) -> Result<NewApiKey, KeyError> {
    let mut tx = cx.tenant_tx(Need::API_KEYS_WRITE).await?;
    let wanted = cmd.check(cx.permissions(), tx.now()).map_err(KeyError::Invalid)?;
    keys::lock_making(&mut tx).await?;
    if keys::count_working(&mut tx).await? >= MOST {
        return Err(KeyError::TooMany);
    }
    let id = ApiKeyId::from_uuid(cx.new_uuid());
    let random = random_token();
    let secret = format!("{FORM}{random}");
    let prefix = format!("{FORM}{}", random.get(..SHOWN).expect("a random token has 43 characters of ASCII"));
    let key = NewKey {
        id,
        name: &wanted.name,
        prefix: &prefix,
        secret_hash: hash(&secret),
        scopes: &wanted.scopes,
        made_by: &cx.actor().id(),
        expires_at: wanted.expires_at,
    };
    keys::insert(&mut tx, &key).await?;
    let key = keys::find(&mut tx, id).await?.ok_or(KeyError::NotFound)?;
    tx.audit("integrations.key.created", id, json!({ "name": wanted.name, "scopes": wanted.scopes, "expires_at": wanted.expires_at }));
    tx.commit().await?;
    Ok(NewApiKey { key, secret })
}

/// Newest first, revoked ones included.
pub async fn api_keys(cx: &Cx) -> Result<Vec<ApiKeyView>, KeyError> {
    // Those who may make keys may see them; there is no need for reading alone.
    cx.allow(Need::API_KEYS_WRITE)?;
    let mut tx = cx.tenant_tx(Need::MEMBER).await?;
    Ok(keys::list(&mut tx).await?)
}

pub async fn revoke_api_key(cx: &Cx, id: ApiKeyId) -> Result<(), KeyError> {
    let mut tx = cx.tenant_tx(Need::API_KEYS_WRITE).await?;
    if !keys::revoke(&mut tx, id).await? {
        return Err(KeyError::NotFound);
    }
    tx.audit("integrations.key.revoked", id, json!({}));
    tx.commit().await?;
    Ok(())
}
