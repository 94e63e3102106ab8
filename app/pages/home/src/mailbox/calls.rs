//! The mailbox's server function.

use kernel::Timestamp;
use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailView {
    pub id: String,
    pub at: Timestamp,
    pub recipient: String,
    pub subject: String,
    pub text: String,
}

/// Mails hold links that open accounts: shown only where no mail server is set and nobody outside can reach the page,
/// through a proxy neither.
#[server]
pub async fn mails() -> Result<Vec<MailView>, PageError> {
    let cx = kit::request::cx().await?;
    if cx.config().smtp_url.is_some() || !cx.config().is_own_machine() {
        kit::request::status(kit::request::StatusCode::NOT_FOUND);
        return Err(PageError::NotFound);
    }
    let mails = platform::mail::mailbox(&cx).await?;
    Ok(mails.into_iter().map(|mail| MailView { id: mail.id.to_string(), at: mail.at, recipient: mail.recipient, subject: mail.subject, text: mail.text }).collect())
}
