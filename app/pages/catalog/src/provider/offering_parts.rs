//! Parts that the list and the editor share: an offering's state, and the fields of its description.

use catalog::{Offering, OfferingState};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn OfferingChip(state: OfferingState) -> impl IntoView {
    let tone = match state {
        OfferingState::Draft => Tone::Neutral,
        OfferingState::Active => Tone::Good,
        OfferingState::Paused => Tone::Warn,
        OfferingState::Archived => Tone::Neutral,
    };
    let word = match state {
        OfferingState::Archived => tr!(catalog.states.archived).to_string(),
        OfferingState::Draft | OfferingState::Active | OfferingState::Paused => kit::chip::label(state.code()),
    };
    view! { <Chip tone=tone>{word}</Chip> }
}

/// Address, category, driver and the texts in both languages; the address stays once it is there.
#[component]
pub fn DescriptionFields(offering: Option<Offering>) -> impl IntoView {
    let is_new = offering.is_none();
    let of = |read: fn(&Offering) -> String| offering.as_ref().map(read).unwrap_or_default();
    view! {
        <input type="hidden" name="form[id]" value=of(|offering| offering.id.to_string())/>
        {if is_new {
            view! { <TextField name="form[slug]" label=tr!(catalog.provider.address) help=tr!(catalog.provider.address_help) required=true max_length=40/> }.into_any()
        } else {
            view! { <input type="hidden" name="form[slug]" value=of(|offering| offering.slug.clone())/> }.into_any()
        }}
        <div class="grid gap-4 md:grid-cols-2">
            <TextField name="form[category]" label=tr!(catalog.provider.category) help=tr!(catalog.provider.category_help) value=of(|offering| offering.category.clone()) required=true max_length=40/>
            <TextField name="form[driver]" label=tr!(catalog.provider.driver) help=tr!(catalog.provider.driver_help) value=of(|offering| offering.driver.clone().unwrap_or_default()) max_length=40/>
            <TextField name="form[name_en]" label=tr!(catalog.provider.name_en) value=of(|offering| offering.name.en.clone()) required=true max_length=80/>
            <TextField name="form[name_id]" label=tr!(catalog.provider.name_id) value=of(|offering| offering.name.id.clone()) max_length=80/>
            <TextArea name="form[summary_en]" label=tr!(catalog.provider.summary_en) value=of(|offering| offering.summary.en.clone()) required=true rows=2 max_length=300/>
            <TextArea name="form[summary_id]" label=tr!(catalog.provider.summary_id) value=of(|offering| offering.summary.id.clone()) rows=2 max_length=300/>
            <TextArea name="form[description_en]" label=tr!(catalog.provider.description_en) value=of(|offering| offering.description.en.clone()) max_length=4000/>
            <TextArea name="form[description_id]" label=tr!(catalog.provider.description_id) value=of(|offering| offering.description.id.clone()) max_length=4000/>
        </div>
    }
}
