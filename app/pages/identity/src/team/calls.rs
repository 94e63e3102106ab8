//! What the team's page asks of the server.

use identity::view::Team;
use kernel::{PersonId, Role};
use kit::PageError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::answer::{go, of_colleague, told};

/// The team, and who of it is looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamFile {
    pub team: Team,
    pub me: Option<PersonId>,
}

impl TeamFile {
    /// The role of whoever is looking.
    pub fn my_role(&self) -> Option<Role> {
        self.team.members.iter().find(|member| Some(member.person) == self.me).map(|member| member.role)
    }
}

#[server]
pub async fn read_team() -> Result<TeamFile, PageError> {
    let cx = kit::request::cx().await?;
    let team = identity::server::team(&cx).await.map_err(told)?;
    Ok(TeamFile { team, me: cx.person().ok() })
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InviteForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
}

#[server]
pub async fn invite_member(form: InviteForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let InviteForm { email, role } = form.clone();
    identity::server::invite_member(&cx, identity::InviteMember { email, role }).await.map_err(|refusal| of_colleague(told(refusal)).keeping(&form))?;
    go("/team?done=invited");
    Ok(())
}

#[server]
pub async fn revoke_invitation(invitation: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let id = invitation.parse().map_err(|_| PageError::NotFound)?;
    identity::server::revoke_invitation(&cx, id).await.map_err(told)?;
    go("/team?done=revoked");
    Ok(())
}

#[server]
pub async fn change_role(person: String, role: String) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let person = person.parse().map_err(|_| PageError::NotFound)?;
    identity::server::change_role(&cx, person, &role).await.map_err(told)?;
    go("/team?done=role_changed");
    Ok(())
}

/// Answers whether the reader took themselves out.
#[server]
pub async fn remove_member(person: String) -> Result<bool, PageError> {
    let cx = kit::request::cx().await?;
    let person: PersonId = person.parse().map_err(|_| PageError::NotFound)?;
    let leaves = cx.person() == Ok(person);
    identity::server::remove_member(&cx, person).await.map_err(told)?;
    // Whoever has left sees nothing of the team any more.
    go(if leaves { "/services" } else { "/team?done=removed" });
    Ok(leaves)
}
