//! The editor of one offering: how it is described, its draft, what is published, and its history.

use super::{
    calls::{ChangeOffering, Describe, editor},
    draft::DraftEditor,
    forms::Deed,
    offering_parts::{DescriptionFields, OfferingChip},
    published::{History, Published},
};
use catalog::{EditorView, OfferingState};
use kernel::Need;
use kit::{load::words, prelude::*};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[derive(Clone)]
pub struct ProviderOfferingPage {
    offering: Resource<Result<EditorView, PageError>>,
}

impl PageRoute for ProviderOfferingPage {
    fn data() -> Self {
        let params = use_params_map();
        Self { offering: Resource::new(move || params.with(|params| params.get("slug").unwrap_or_default()), editor) }
    }

    fn view(this: Self) -> AnyView {
        let offering = this.offering;
        let fresh = Callback::new(move |()| offering.refetch());
        // Made here, so that what they answer outlives the contents that they change.
        let change = ServerAction::<ChangeOffering>::new();
        let describe = ServerAction::<Describe>::new();
        Effect::new(move || {
            let changed = change.value().with(|answer| matches!(answer, Some(Ok(_))));
            let described = describe.value().with(|answer| matches!(answer, Some(Ok(_))));
            if changed || described {
                fresh.run(());
            }
        });
        view! { <Load resource=offering whole=true view=move |view| view! { <Editor view=view change=change describe=describe fresh=fresh/> }/> }.into_any()
    }
}

#[component]
fn Editor(view: EditorView, change: ServerAction<ChangeOffering>, describe: ServerAction<Describe>, fresh: Callback<()>) -> impl IntoView {
    let may_write = use_viewer().is_some_and(|viewer| viewer.may(Need::CATALOG_WRITE));
    let trouble = move || change.value().with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().cloned()));
    let EditorView { offering, versions, published, draft, findings } = view;
    let (id, has_draft, is_published) = (offering.id, draft.is_some(), published.is_some());
    let name = offering.name.get(i18n::language()).to_owned();
    view! {
        <PageHeader
            title=name
            crumbs=vec![Crumb::new(tr!(catalog.provider.title), "/provider/catalog")]
            aside=view! { <OfferingChip state=offering.state/> }.into_any()
        >
            {may_write.then(|| view! { <Sales id=id.to_string() state=offering.state published=is_published change=change/> })}
        </PageHeader>
        {(!may_write).then(|| view! { <Callout tone=Tone::Info>{tr!(catalog.provider.read_only)}</Callout> })}
        {move || trouble().map(|error| {
            let (title, says) = words(&error);
            view! { <Callout tone=Tone::Bad title=title alert=true>{says}</Callout> }
        })}
        {draft.map(|draft| view! { <DraftEditor offering=offering.clone() draft=draft findings=findings change=change may_write=may_write fresh=fresh/> })}
        {(may_write && !has_draft && offering.state != OfferingState::Archived).then(|| view! {
            <Section id="draft".to_owned() title=tr!(catalog.provider.draft) says=tr!(catalog.provider.start_draft_says)>
                <DeedForm id=id.to_string() deed=Deed::StartDraft kind=ButtonKind::Primary label=tr!(catalog.provider.start_draft) change=change/>
            </Section>
        })}
        {published.map(|version| view! { <Published version=version/> })}
        {may_write.then(|| view! {
            <Section title=tr!(catalog.provider.describe) says=tr!(catalog.provider.describe_says)>
                <Card>
                    <Form action=describe>
                        <DescriptionFields offering=Some(offering.clone())/>
                        <SubmitButton kind=ButtonKind::Plain>{tr!(common.save)}</SubmitButton>
                    </Form>
                </Card>
            </Section>
        })}
        <History versions=versions/>
    }
}

/// One button that does one thing to the offering.
#[component]
pub fn DeedForm(id: String, deed: Deed, kind: ButtonKind, #[prop(into)] label: String, change: ServerAction<ChangeOffering>) -> impl IntoView {
    view! {
        <Form action=change quiet=true>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="deed" value=deed.code()/>
            <SubmitButton kind=kind>{label}</SubmitButton>
        </Form>
    }
}

/// Whether it is sold.
#[component]
fn Sales(id: String, state: OfferingState, published: bool, change: ServerAction<ChangeOffering>) -> impl IntoView {
    let (for_pause, for_archive) = (id.clone(), id.clone());
    view! {
        {(state == OfferingState::Active).then(|| view! {
            <Confirm id="pause" label=tr!(catalog.provider.pause) icon=icons::LuPause title=tr!(catalog.provider.pause) says=tr!(catalog.provider.pause_says)>
                <DeedForm id=for_pause.clone() deed=Deed::Pause kind=ButtonKind::Primary label=tr!(catalog.provider.pause) change=change/>
            </Confirm>
        })}
        {(state == OfferingState::Paused && published).then(|| view! {
            <DeedForm id=id deed=Deed::Resume kind=ButtonKind::Plain label=tr!(catalog.provider.resume) change=change/>
        })}
        {(state != OfferingState::Archived).then(|| view! {
            <Confirm id="archive" label=tr!(catalog.provider.archive) kind=ButtonKind::Danger icon=icons::LuArchive title=tr!(catalog.provider.archive) says=tr!(catalog.provider.archive_says)>
                <DeedForm id=for_archive.clone() deed=Deed::Archive kind=ButtonKind::Danger label=tr!(catalog.provider.archive) change=change/>
            </Confirm>
        })}
    }
}
