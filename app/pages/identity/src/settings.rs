//! Settings: what the organisation says of itself, and what is one's own.

pub mod calls;
mod me;
pub mod organisation;

use crate::outcome::{DoneNote, leave_on_success};
use calls::{SettingsFile, UpdateMe, UpdateOrganisation, read_settings};
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use me::MyProfile;
use organisation::{OrganisationForm, OrganisationFacts};

#[derive(Clone)]
pub struct SettingsPage {
    file: Resource<Result<SettingsFile, PageError>>,
    organisation: ServerAction<UpdateOrganisation>,
    me: ServerAction<UpdateMe>,
}

impl PageRoute for SettingsPage {
    fn data() -> Self {
        Self { file: Resource::new(|| (), |()| read_settings()), organisation: ServerAction::new(), me: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        // The shell shows names, language and theme too, so the page comes anew.
        leave_on_success(this.organisation);
        leave_on_success(this.me);
        let may = use_viewer().is_some_and(|viewer| viewer.may(Need::SETTINGS_WRITE));
        view! {
            <PageHeader title=tr!(kit.nav.settings) lead=tr!(identity.settings.lead)/>
            <DoneNote words=done/>
            <Load resource=this.file skeleton=SkeletonKind::Form view=move |file| view! { <Parts file=file may=may organisation=this.organisation me=this.me/> }/>
        }
        .into_any()
    }
}

#[component]
fn Parts(file: SettingsFile, may: bool, organisation: ServerAction<UpdateOrganisation>, me: ServerAction<UpdateMe>) -> impl IntoView {
    let SettingsFile { organisation: facts, me: own, time_zones } = file;
    view! {
        {facts.map(|facts| if may {
            view! { <OrganisationForm organisation=facts time_zones=time_zones action=organisation/> }.into_any()
        } else {
            view! { <OrganisationFacts organisation=facts/> }.into_any()
        })}
        <MyProfile me=own action=me/>
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "organisation" => Some(tr!(identity.done.organisation_saved)),
        "me" => Some(tr!(identity.done.me_saved)),
        _ => None,
    }
}
