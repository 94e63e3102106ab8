//! What the organisation says of itself: on invoices, in addresses, in which language, currency and time.

use super::calls::UpdateOrganisation;
use identity::{country::Country, organisation::Kind, view::Organisation};
use kernel::{Currency, Language};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn OrganisationForm(organisation: Organisation, time_zones: Vec<String>, action: ServerAction<UpdateOrganisation>) -> impl IntoView {
    view! {
        <Section title=tr!(common.organisation) says=tr!(identity.settings.organisation_help)>
            <Card>
                <Form action=action>
                    <ProfileFields organisation=organisation time_zones=time_zones/>
                    <div class="form-actions"><SubmitButton>{tr!(common.save)}</SubmitButton></div>
                </Form>
            </Card>
        </Section>
    }
}

/// The fields of a profile, as the argument `form` of whoever saves it. The provider's has neither address part nor currency.
#[component]
pub fn ProfileFields(organisation: Organisation, time_zones: Vec<String>) -> impl IntoView {
    let now = organisation.form();
    let name = view! { <TextField name="form[name]" label=tr!(identity.profile.name) value=now.name required=true autocomplete="organization" max_length=120/> };
    let (name, currency, zone_help, language_help) = match organisation.kind {
        Kind::Provider => (name.into_any(), ().into_any(), tr!(identity.provider_settings.time_zone_help), tr!(identity.provider_settings.language_help)),
        Kind::Partner | Kind::Tenant => (
            view! {
                <div class="form-row">
                    {name}
                    <TextField name="form[slug]" label=tr!(identity.profile.slug) value=now.slug required=true max_length=40 help=tr!(identity.profile.slug_help)/>
                </div>
            }
            .into_any(),
            view! { <CurrencyField now=now.currency fixed=organisation.currency_fixed_at.is_some()/> }.into_any(),
            tr!(identity.profile.time_zone_help),
            tr!(identity.profile.language_help),
        ),
    };
    view! {
        <input type="hidden" name="form[seen]" value=now.seen/>
        {name}
        <div class="form-row">
            <TextField name="form[legal_name]" label=tr!(identity.profile.legal_name) value=now.legal_name max_length=120 help=tr!(identity.profile.legal_name_help)/>
            <TextField name="form[tax_id]" label=tr!(identity.profile.tax_id) value=now.tax_id max_length=40 help=tr!(identity.profile.tax_id_help)/>
        </div>
        <TextField name="form[street]" label=tr!(identity.profile.street) value=now.street autocomplete="street-address" max_length=120/>
        <div class="form-row">
            <TextField name="form[postal_code]" label=tr!(identity.profile.postal_code) value=now.postal_code autocomplete="postal-code" max_length=16/>
            <TextField name="form[city]" label=tr!(identity.profile.city) value=now.city autocomplete="address-level2" max_length=120/>
        </div>
        <div class="form-row">
            <SelectField name="form[country]" label=tr!(identity.profile.country) choices=countries() value=now.country placeholder=tr!(kit.form.choose) autocomplete="country"/>
            <SelectField name="form[time_zone]" label=tr!(identity.profile.time_zone) choices=zones(time_zones, &now.time_zone) value=now.time_zone required=true help=zone_help/>
        </div>
        <div class="form-row">
            <SelectField name="form[language]" label=tr!(kit.language) choices=languages() value=now.language required=true help=language_help/>
            {currency}
        </div>
    }
}

/// Stays as it is once something was charged in it.
#[component]
fn CurrencyField(now: String, fixed: bool) -> impl IntoView {
    if fixed {
        return view! { <TextField name="form[currency]" label=tr!(identity.profile.currency) value=now required=true readonly=true help=tr!(identity.profile.currency_fixed)/> }.into_any();
    }
    let choices = Currency::ALL.iter().map(|currency| Choice::new(currency.code(), currency.code())).collect::<Vec<_>>();
    view! { <SelectField name="form[currency]" label=tr!(identity.profile.currency) choices=choices value=now required=true help=tr!(identity.profile.currency_help)/> }.into_any()
}

fn countries() -> Vec<Choice> {
    Country::all(i18n::language()).into_iter().map(|country| Choice::new(country.code, country.name(i18n::language()))).collect()
}

/// All of them, and the one that stands though the list no longer has it.
fn zones(names: Vec<String>, now: &str) -> Vec<Choice> {
    let missing = (!now.is_empty() && !names.iter().any(|name| name == now)).then(|| now.to_owned());
    missing.into_iter().chain(names).map(|name| Choice::new(name.clone(), name.replace('_', " "))).collect()
}

pub fn languages() -> Vec<Choice> {
    vec![Choice::new(Language::En.code(), tr!(common.english)), Choice::new(Language::Id.code(), tr!(common.indonesian))]
}

/// For those who may read but not change it.
#[component]
pub fn OrganisationFacts(organisation: Organisation) -> impl IntoView {
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let address = or_dash(organisation.address_lines(i18n::language()).join(", "));
    let invoice_name = organisation.invoice_name().to_owned();
    let (title, says) = match organisation.kind {
        Kind::Provider => (tr!(identity.provider_settings.provider), tr!(identity.provider_settings.provider_read)),
        Kind::Partner | Kind::Tenant => (tr!(common.organisation), tr!(identity.settings.organisation_read)),
    };
    // What the provider charges in is each organisation's own.
    let currency = (organisation.kind != Kind::Provider).then(|| view! { <KeyValue name=tr!(identity.profile.currency)>{organisation.currency.code()}</KeyValue> });
    view! {
        <Section title=title says=says>
            <Card>
                <KeyValues>
                    <KeyValue name=tr!(identity.profile.name)>{organisation.name}</KeyValue>
                    <KeyValue name=tr!(identity.profile.legal_name)>{invoice_name}</KeyValue>
                    <KeyValue name=tr!(identity.profile.address)>{address}</KeyValue>
                    <KeyValue name=tr!(identity.profile.tax_id)>{or_dash(organisation.tax_id)}</KeyValue>
                    {currency}
                    <KeyValue name=tr!(identity.profile.time_zone)>{organisation.time_zone}</KeyValue>
                </KeyValues>
            </Card>
        </Section>
    }
}
