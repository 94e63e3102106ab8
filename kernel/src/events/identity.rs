//! What happened to organisations and people.
use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An organisation signed up, or an operator made it.
    TenantCreated { tenant: TenantId, owner: PersonId, at: Timestamp },
    /// An organisation says something else of itself: its address, its country, its time zone.
    OrganisationChanged { tenant: TenantId, at: Timestamp },
    /// The provider says something else of itself: its name, its address, its tax id.
    ProviderChanged { at: Timestamp },
}
