//! What the worker and the scheduler do for this area.
//!
//! What is asked about an address at the door is answered before anybody has looked whether there is such an account: the
//! request queues the same job for every address, so neither its answer nor its time tells.

use crate::{
    EmailAddress,
    server::{
        links::{self, Purpose},
        mails, store, trail,
    },
    session::{KEPT_FOR, RESET_PASSWORD_FOR, Realm},
};
use kernel::{Fault, MailId};
use platform::{Cx, Job, Opened, fault};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Mails a link to choose a new password, where there is such an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailResetLink {
    pub email: EmailAddress,
}

impl Job for MailResetLink {
    const NAME: &'static str = "mail_reset_link";
}

/// A repeat sends another link, and the first stops working.
pub async fn handle_mail_reset_link(cx: &Cx, job: MailResetLink) -> Result<(), Fault> {
    let mut tx = cx.door_tx().await?;
    let Some(person) = store::people::find_by_email(&mut tx, &job.email).await.map_err(fault)? else { return Ok(()) };
    let link = links::for_person(cx, &mut tx, Purpose::ResetPassword, person.id, RESET_PASSWORD_FOR).await?;
    let mail = mails::write(mails::Kind::ResetPassword { name: &person.name }, person.language, &person.email, &link);
    tx.send_mail(MailId::from_uuid(cx.new_uuid()), None, &mail).await?;
    trail::note(&mut tx, person.id, "identity.password.reset_asked").await?;
    tx.commit().await
}

/// Notes a refused sign-in in the audit trail of whoever's account it was, where there is such an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NoteRefusedSignIn {
    pub email: EmailAddress,
    pub realm: Realm,
}

impl Job for NoteRefusedSignIn {
    const NAME: &'static str = "note_refused_sign_in";
}

pub async fn handle_note_refused_sign_in(cx: &Cx, job: NoteRefusedSignIn) -> Result<(), Fault> {
    let mut tx = cx.door_tx().await?;
    let Some(person) = store::people::find_by_email(&mut tx, &job.email).await.map_err(fault)? else { return Ok(()) };
    trail::note_refused(&mut tx, person.id, "identity.session.refused", json!({ "realm": job.realm.code() })).await?;
    tx.commit().await
}

/// Forgets sessions, links and tallies that have not worked for a month. Safe to repeat.
pub async fn sweep(cx: &Cx) -> Result<(), Opened> {
    let before = cx.now().minus(KEPT_FOR);
    let mut tx = cx.door_tx().await?;
    let sessions = store::sessions::delete_before(&mut tx, before).await.map_err(fault)?;
    let links = store::tokens::delete_before(&mut tx, before).await.map_err(fault)?;
    let tallies = store::attempts::delete_before(&mut tx, before).await.map_err(fault)?;
    tx.commit().await?;
    if sessions + links + tallies > 0 {
        tracing::info!(sessions, links, tallies, "Forgot {sessions} old sessions, {links} links and {tallies} tallies");
    }
    Ok(())
}
