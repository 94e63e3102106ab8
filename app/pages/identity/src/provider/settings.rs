//! The provider's settings: who invoices, and who works here.

use super::{
    calls::{ChangeStaffRole, CloseStaffAccount, ProviderFile, UpdateProvider, read_provider},
    staff::Staff,
};
use crate::{
    outcome::{ActionTrouble, DoneNote, error_of, leave_on_success},
    settings::organisation::{OrganisationFacts, ProfileFields},
};
use identity::view::Organisation;
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct ProviderSettingsPage {
    file: Resource<Result<ProviderFile, PageError>>,
    acts: Acts,
}

/// What can be done on the page.
#[derive(Clone, Copy)]
pub struct Acts {
    pub save: ServerAction<UpdateProvider>,
    pub change: ServerAction<ChangeStaffRole>,
    pub close: ServerAction<CloseStaffAccount>,
}

impl PageRoute for ProviderSettingsPage {
    fn data() -> Self {
        let acts = Acts { save: ServerAction::new(), change: ServerAction::new(), close: ServerAction::new() };
        Self { file: Resource::new(|| (), |()| read_provider()), acts }
    }

    fn view(this: Self) -> AnyView {
        let Self { file, acts } = this;
        // The shell shows the provider's name and time zone, and what one's own role reaches.
        leave_on_success(acts.save);
        leave_on_success(acts.change);
        leave_on_success(acts.close);
        let may = use_viewer().is_some_and(|viewer| viewer.may(Need::PROVIDER_ADMIN));
        view! {
            <PageHeader title=tr!(kit.nav.settings) lead=tr!(identity.provider_settings.lead)/>
            <DoneNote words=done/>
            <ActionTrouble error=error_of(acts.change)/>
            <ActionTrouble error=error_of(acts.close)/>
            <Load resource=file skeleton=SkeletonKind::Form view=move |file| view! { <Parts file=file may=may acts=acts/> }/>
        }
        .into_any()
    }
}

#[component]
fn Parts(file: ProviderFile, may: bool, acts: Acts) -> impl IntoView {
    let ProviderFile { provider, time_zones, staff, me } = file;
    view! {
        {if may {
            view! { <ProviderForm provider=provider time_zones=time_zones action=acts.save/> }.into_any()
        } else {
            view! { <OrganisationFacts organisation=provider/> }.into_any()
        }}
        <Staff staff=staff me=me may=may acts=acts/>
    }
}

#[component]
fn ProviderForm(provider: Organisation, time_zones: Vec<String>, action: ServerAction<UpdateProvider>) -> impl IntoView {
    view! {
        <Section title=tr!(identity.provider_settings.provider) says=tr!(identity.provider_settings.provider_help) id="provider">
            <Card>
                <Form action=action>
                    <ProfileFields organisation=provider time_zones=time_zones/>
                    <div class="form-actions"><SubmitButton>{tr!(common.save)}</SubmitButton></div>
                </Form>
            </Card>
        </Section>
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "provider" => Some(tr!(identity.done.provider_saved)),
        "role_changed" => Some(tr!(identity.done.role_changed)),
        "closed" => Some(tr!(identity.done.account_closed)),
        _ => None,
    }
}
