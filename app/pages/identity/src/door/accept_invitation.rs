//! Joining an organisation behind the link of an invitation.

use super::calls::{AcceptInvitation, read_invitation};
use crate::outcome::{ShortForm, leave_on_success, query_value};
use identity::view::{Account, Invited};
use crate::words::role_name;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[derive(Clone)]
pub struct AcceptInvitationPage {
    invited: Resource<Result<Invited, PageError>>,
    accept: ServerAction<AcceptInvitation>,
}

impl PageRoute for AcceptInvitationPage {
    fn data() -> Self {
        let query = use_query_map();
        let token = move || query.with(|query| query.get("token")).unwrap_or_default();
        Self { invited: Resource::new(token, read_invitation), accept: ServerAction::new() }
    }

    fn view(this: Self) -> AnyView {
        leave_on_success(this.accept);
        let accept = this.accept;
        let retry = Callback::new(move |()| this.invited.refetch());
        view! {
            <Transition fallback=|| view! { <Skeleton kind=SkeletonKind::Form/> }>
                {move || Suspend::new(async move {
                    match this.invited.await {
                        Ok(invited) => view! { <Join invited=invited accept=accept/> }.into_any(),
                        Err(error) if error.code() == Some("identity.bad_link") => view! { <Gone/> }.into_any(),
                        Err(error) => view! { <Trouble error=error retry=retry whole=true/> }.into_any(),
                    }
                })}
            </Transition>
        }
        .into_any()
    }
}

#[component]
fn Join(invited: Invited, accept: ServerAction<AcceptInvitation>) -> impl IntoView {
    let Invited { organisation, email, role, account, instead_of } = invited;
    let lead = tr!(identity.accept.lead, role = role_name(role)).to_string();
    view! {
        <PageHeader title=tr!(identity.accept.title, organisation = organisation.clone()) lead=lead/>
        {instead_of.map(|other| view! { <Callout tone=Tone::Neutral title=tr!(identity.accept.instead_of_title)>{tr!(identity.accept.instead_of, email = other)}</Callout> })}
        <ShortForm action=accept>
            <input type="hidden" name="form[token]" value=query_value("token")/>
            <TextField name="email" label=tr!(common.email) kind="email" value=email required=true readonly=true autocomplete="email"/>
            {match account {
                Account::New => view! { <Newcomer/> }.into_any(),
                Account::Existing => view! {
                    <PasswordField name="form[password]" label=tr!(common.password) help=tr!(identity.accept.password_help)/>
                    <p class="text-[0.8125rem]"><a class="prose-link" href="/forgot-password">{tr!(identity.sign_in.forgot)}</a></p>
                }.into_any(),
                Account::SignedIn => view! { <FormNote>{tr!(identity.accept.signed_in)}</FormNote> }.into_any(),
            }}
            <SubmitButton class="btn-lg w-full">{tr!(identity.accept.submit, organisation = organisation)}</SubmitButton>
        </ShortForm>
    }
}

#[component]
fn Newcomer() -> impl IntoView {
    view! {
        <TextField name="form[name]" label=tr!(identity.sign_up.name) required=true autocomplete="name" max_length=120 autofocus=true/>
        <PasswordField name="form[password]" label=tr!(identity.new_password) new=true help=tr!(identity.new_password_help)/>
    }
}

/// Taken back, used, replaced or too old.
#[component]
fn Gone() -> impl IntoView {
    view! {
        <PageHeader title=tr!(identity.accept.gone_title)/>
        <EmptyState icon=icons::LuMailX title=tr!(identity.accept.gone) says=tr!(identity.accept.gone_help)>
            <LinkButton href="/sign-in" kind=ButtonKind::Primary>{tr!(kit.sign_in)}</LinkButton>
        </EmptyState>
    }
}
