//! Mail: written with the change that causes it, sent by a job over SMTP. Without a mail server it stays here and the
//! demo's mailbox page shows it.

use crate::{Cx, DoorTx, Job, Opened, TenantTx, fault};
use kernel::{Fault, MailId, TenantId, Timestamp};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, MultiPart, SinglePart, header::ContentType},
};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use std::time::Duration;

/// Connecting and handing over one mail.
const SMTP_TIMEOUT: Duration = Duration::from_secs(15);
/// Mails that the mailbox page shows.
const MAILBOX_LIMIT: i64 = 100;

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct Mail {
    pub recipient: String,
    pub subject: String,
    /// Plain text; links on lines of their own.
    pub text: String,
    pub html: String,
    pub attachment: Option<File>,
}

/// An attachment: fetched from its area when the mail is sent would couple the mailer to areas, so it travels along.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub content_type: String,
    /// Base64.
    pub body: String,
}

/// Sends one mail; a repeat after success does nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMail {
    pub mail: MailId,
}

impl Job for SendMail {
    const NAME: &'static str = "send_mail";
}

/// One row of the mailbox page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub id: MailId,
    pub at: Timestamp,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub state: String,
}

impl DoorTx {
    pub async fn send_mail(&mut self, id: MailId, tenant: Option<TenantId>, mail: &Mail) -> Result<(), Fault> {
        let now = self.now();
        insert(self, id, tenant, now, mail).await?;
        self.enqueue(&SendMail { mail: id }, None, Duration::ZERO).await
    }
}

impl TenantTx {
    pub async fn send_mail(&mut self, id: MailId, mail: &Mail) -> Result<(), Fault> {
        let (now, tenant) = (self.now(), self.tenant());
        insert(self, id, Some(tenant), now, mail).await?;
        self.enqueue(&SendMail { mail: id }, None, Duration::ZERO).await
    }
}

async fn insert(connection: &mut PgConnection, id: MailId, tenant: Option<TenantId>, now: Timestamp, mail: &Mail) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO hub.mails (id, tenant_id, at, recipient, subject, text_body, html_body, attachment, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting')",
    )
    .bind(id)
    .bind(tenant)
    .bind(now)
    .bind(&mail.recipient)
    .bind(&mail.subject)
    .bind(&mail.text)
    .bind(&mail.html)
    .bind(mail.attachment.as_ref().map(Json))
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// The job's work: hands a waiting mail to the server. An error makes the queue try again with growing pauses.
///
/// A mail that was handed over while our note of it was lost is sent again: for mail, twice is better than never. Its
/// Message-ID is the same both times, so that mail programs show it once.
pub async fn deliver(cx: &Cx, job: SendMail) -> Result<(), Opened> {
    let mut tx = cx.system_tx().await?;
    let found: Option<(String, String, String, String, Option<Json<File>>)> = sqlx::query_as(
        "SELECT recipient, subject, text_body, html_body, attachment
           FROM hub.mails
          WHERE id = $1 AND state <> 'sent'",
    )
    .bind(job.mail)
    .fetch_optional(&mut *tx)
    .await
    .map_err(fault)?;
    tx.commit().await?;
    let Some((recipient, subject, text, html, attachment)) = found else { return Ok(()) };
    let outcome = match &cx.config().smtp_url {
        Some(url) => send(cx, url, job.mail, &recipient, subject, text, html, attachment.map(|json| json.0)).await,
        None => Ok(()),
    };
    let mut tx = cx.system_tx().await?;
    sqlx::query("UPDATE hub.mails SET state = $2, attempts = attempts + 1, last_error = $3 WHERE id = $1")
        .bind(job.mail)
        .bind(if outcome.is_ok() { "sent" } else { "failed" })
        .bind(outcome.as_ref().err())
        .execute(&mut *tx)
        .await
        .map_err(fault)?;
    tx.commit().await?;
    outcome.map_err(|error| Fault::passing(format!("the mail server did not take mail {}: {error}", job.mail)).into())
}

#[expect(clippy::too_many_arguments, reason = "the parts of one mail as the database holds them")]
async fn send(
    cx: &Cx,
    url: &str,
    id: MailId,
    recipient: &str,
    subject: String,
    text: String,
    html: String,
    file: Option<File>,
) -> Result<(), String> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|error| format!("HUB_SMTP_URL cannot be used: {error}"))?
        .timeout(Some(SMTP_TIMEOUT))
        .build();
    let bodies = MultiPart::alternative().singlepart(SinglePart::plain(text)).singlepart(SinglePart::html(html));
    let body = match file {
        None => bodies,
        Some(file) => {
            use base64::{Engine, engine::general_purpose::STANDARD};
            let bytes = STANDARD.decode(&file.body).map_err(|error| error.to_string())?;
            let kind = ContentType::parse(&file.content_type).map_err(|error| error.to_string())?;
            MultiPart::mixed().multipart(bodies).singlepart(Attachment::new(file.name).body(bytes, kind))
        }
    };
    let message = Message::builder()
        .message_id(Some(format!("<{id}@service-hub>")))
        .from(cx.config().mail_from.parse().map_err(|_| "HUB_MAIL_FROM is not an address".to_owned())?)
        .to(recipient.parse().map_err(|_| format!("{recipient} is not an address"))?)
        .subject(subject)
        .multipart(body)
        .map_err(|error| error.to_string())?;
    transport.send(message).await.map(drop).map_err(|error| error.to_string())
}

/// The newest mails, for the mailbox page of an installation without a mail server.
pub async fn mailbox(cx: &Cx) -> Result<Vec<Sent>, Opened> {
    let system = Cx::system(cx.platform().clone(), "mailbox", None);
    let mut tx = system.system_tx().await?;
    let rows: Vec<(MailId, Timestamp, String, String, String, String)> =
        sqlx::query_as("SELECT id, at, recipient, subject, text_body, state FROM hub.mails ORDER BY at DESC, id DESC LIMIT $1")
            .bind(MAILBOX_LIMIT)
            .fetch_all(&mut *tx)
            .await
            .map_err(fault)?;
    Ok(rows.into_iter().map(|(id, at, recipient, subject, text, state)| Sent { id, at, recipient, subject, text, state }).collect())
}
