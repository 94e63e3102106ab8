//! Who the organisation is: what invoices, mails and times follow.

use crate::calls::SaveProfile;
use i18n::tr;
use identity::{country::Country, view::Organisation};
use kernel::{Currency, Language, Need};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn ProfileStep(organisation: Organisation, time_zones: Vec<String>, action: ServerAction<SaveProfile>) -> impl IntoView {
    if use_viewer().is_some_and(|viewer| viewer.may(Need::SETTINGS_WRITE)) {
        view! { <ProfileForm organisation=organisation time_zones=time_zones action=action/> }.into_any()
    } else {
        view! { <Callout tone=Tone::Info>{tr!(onboarding.profile.others)}</Callout> }.into_any()
    }
}

#[component]
fn ProfileForm(organisation: Organisation, time_zones: Vec<String>, action: ServerAction<SaveProfile>) -> impl IntoView {
    let now = organisation.form();
    view! {
        <Card>
            <Form action=action>
                <input type="hidden" name="form[seen]" value=now.seen/>
                <div class="form-row">
                    <TextField name="form[name]" label=tr!(onboarding.profile.name) value=now.name required=true autocomplete="organization" max_length=120/>
                    <TextField name="form[slug]" label=tr!(identity.profile.slug) value=now.slug required=true max_length=40 help=tr!(identity.profile.slug_help)/>
                </div>
                <div class="form-row">
                    <TextField name="form[legal_name]" label=tr!(identity.profile.legal_name) value=now.legal_name max_length=120 help=tr!(identity.profile.legal_name_help)/>
                    <TextField name="form[tax_id]" label=tr!(identity.profile.tax_id) value=now.tax_id max_length=40 help=tr!(identity.profile.tax_id_help)/>
                </div>
                <TextField name="form[street]" label=tr!(identity.profile.street) value=now.street required=true autocomplete="street-address" max_length=120/>
                <div class="form-row">
                    <TextField name="form[postal_code]" label=tr!(identity.profile.postal_code) value=now.postal_code autocomplete="postal-code" max_length=16/>
                    <TextField name="form[city]" label=tr!(identity.profile.city) value=now.city required=true autocomplete="address-level2" max_length=120/>
                </div>
                <div class="form-row">
                    <SelectField name="form[country]" label=tr!(identity.profile.country) choices=countries() value=now.country required=true placeholder=tr!(kit.form.choose) autocomplete="country" help=tr!(onboarding.profile.country_help)/>
                    <SelectField name="form[time_zone]" label=tr!(identity.profile.time_zone) choices=zones(time_zones, &now.time_zone) value=now.time_zone required=true help=tr!(identity.profile.time_zone_help)/>
                </div>
                <div class="form-row">
                    <SelectField name="form[language]" label=tr!(kit.language) choices=languages() value=now.language required=true help=tr!(identity.profile.language_help)/>
                    <CurrencyField now=now.currency fixed=organisation.currency_fixed_at.is_some()/>
                </div>
                <div class="form-actions"><SubmitButton>{tr!(onboarding.save_and_go_on)}</SubmitButton></div>
            </Form>
        </Card>
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

fn languages() -> Vec<Choice> {
    vec![Choice::new(Language::En.code(), tr!(common.english)), Choice::new(Language::Id.code(), tr!(common.indonesian))]
}
