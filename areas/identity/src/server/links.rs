//! Links in mails: random, kept as a hash, for one purpose, once.

use crate::server::store::{self, tokens::Token};
use kernel::{Fault, InvitationId, PersonId, TenantId, Timestamp};
use platform::{Cx, DoorTx, TenantTx, fault, secrets::random_token};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    ResetPassword,
    Invitation,
}

impl Purpose {
    pub const fn code(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::Invitation => "invitation",
        }
    }

    const fn page(self) -> &'static str {
        match self {
            Self::VerifyEmail => "/verify-email",
            Self::ResetPassword => "/reset-password",
            Self::Invitation => "/accept-invitation",
        }
    }
}

pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn address(cx: &Cx, purpose: Purpose, token: &str) -> String {
    format!("{}{}?token={token}", cx.config().public_url, purpose.page())
}

/// A link for a person; earlier ones for the same purpose stop working.
pub async fn for_person(cx: &Cx, tx: &mut DoorTx, purpose: Purpose, person: PersonId, works_for: Duration) -> Result<String, Fault> {
    let token = random_token();
    let now = tx.now();
    store::tokens::forget(tx, person, purpose.code()).await.map_err(fault)?;
    let row = Token { purpose: purpose.code(), person: Some(person), organisation: None, invitation: None, created_at: now, expires_at: now.plus(works_for) };
    store::tokens::insert(tx, &hash(&token), &row).await.map_err(fault)?;
    Ok(address(cx, purpose, &token))
}

pub async fn for_invitation(cx: &Cx, tx: &mut TenantTx, invitation: InvitationId, expires_at: Timestamp) -> Result<String, Fault> {
    let token = random_token();
    let organisation: TenantId = tx.tenant();
    let row = Token {
        purpose: Purpose::Invitation.code(),
        person: None,
        organisation: Some(organisation),
        invitation: Some(invitation),
        created_at: tx.now(),
        expires_at,
    };
    store::tokens::insert(tx, &hash(&token), &row).await.map_err(fault)?;
    Ok(address(cx, Purpose::Invitation, &token))
}
