//! The draft: its findings, its plans, and the forms of the plan and part that the address names (`?plan=..&part=..`).

use super::{
    calls::{ChangeOffering, RemovePart, RemovePlan, SavePart, SavePlan},
    findings::Findings,
    forms::Deed,
    offering_page::DeedForm,
    part_form::PartEditor,
    plan_form::PlanEditor,
};
use crate::offering::PlanFacts;
use catalog::{DraftFinding, Offering, PlanCard, PlanTerms, Severity, Version};
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Stands for a plan or part that does not exist yet.
pub const NEW: &str = "new";

/// What is sent about plans and parts of the draft.
#[derive(Clone, Copy)]
pub struct Edits {
    pub save_plan: ServerAction<SavePlan>,
    pub remove_plan: ServerAction<RemovePlan>,
    pub save_part: ServerAction<SavePart>,
    pub remove_part: ServerAction<RemovePart>,
}

impl Edits {
    fn new(fresh: Callback<()>) -> Self {
        let edits = Self { save_plan: ServerAction::new(), remove_plan: ServerAction::new(), save_part: ServerAction::new(), remove_part: ServerAction::new() };
        Effect::new(move || {
            let done = [
                edits.save_plan.value().with(|answer| matches!(answer, Some(Ok(())))),
                edits.remove_plan.value().with(|answer| matches!(answer, Some(Ok(())))),
                edits.save_part.value().with(|answer| matches!(answer, Some(Ok(())))),
                edits.remove_part.value().with(|answer| matches!(answer, Some(Ok(())))),
            ];
            if done.contains(&true) {
                fresh.run(());
            }
        });
        edits
    }
}

#[component]
pub fn DraftEditor(
    offering: Offering,
    draft: Version,
    findings: Vec<DraftFinding>,
    change: ServerAction<ChangeOffering>,
    may_write: bool,
    fresh: Callback<()>,
) -> impl IntoView {
    let edits = Edits::new(fresh);
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| (query.get("plan"), query.get("part"))));
    let terms: Vec<PlanTerms> = draft.plans.iter().map(|plan| plan.terms.clone()).collect();
    let blocked = findings.iter().any(|finding| finding.severity == Severity::Error);
    let (id, slug, number) = (offering.id.to_string(), offering.slug, draft.number);
    let publish = (may_write && !blocked).then(|| {
        let id = id.clone();
        view! {
            <Confirm id="publish" label=tr!(catalog.provider.publish) kind=ButtonKind::Primary icon=icons::LuRocket
                title=tr!(catalog.provider.publish_title, number = number) says=tr!(catalog.provider.publish_says)>
                <DeedForm id=id.clone() deed=Deed::Publish kind=ButtonKind::Primary label=tr!(catalog.provider.publish) change=change/>
            </Confirm>
        }
    });
    let known = StoredValue::new(terms.clone());
    let form_slug = slug.clone();
    view! {
        <Section id="draft".to_owned() title=tr!(catalog.provider.draft_title, number = number) actions=publish.into_any()>
            <Findings findings=findings plans=terms/>
            <ul class="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
                {draft.plans.into_iter().map(|plan| {
                    let href = format!("/provider/catalog/{slug}?plan={}#editor", plan.terms.code);
                    let code = plan.terms.code.clone();
                    view! {
                        <li class="box stack" data-plan=code>
                            <PlanFacts card=PlanCard::new(plan) currency=Currency::Usd/>
                            {may_write.then(|| view! { <p class="mt-auto"><LinkButton href=href icon=icons::LuPencil>{tr!(catalog.provider.edit_plan)}</LinkButton></p> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
            {may_write.then(|| view! { <p><LinkButton href=format!("/provider/catalog/{slug}?plan={NEW}#editor") icon=icons::LuPlus>{tr!(catalog.provider.add_plan)}</LinkButton></p> })}
            {move || {
                let (Some(code), part) = asked.get() else { return None };
                let plan = known.with_value(|plans| plans.iter().find(|plan| plan.code == code).cloned());
                (may_write && (plan.is_some() || code == NEW)).then(|| editors(id.clone(), form_slug.clone(), plan, part, edits))
            }}
        </Section>
    }
}

fn editors(offering: String, slug: String, plan: Option<PlanTerms>, part: Option<String>, edits: Edits) -> impl IntoView {
    let part = part.and_then(|code| {
        let plan = plan.as_ref()?;
        let found = plan.components.iter().find(|part| part.code == code).cloned();
        (found.is_some() || code == NEW).then_some((plan.code.clone(), found))
    });
    view! {
        <div id="editor" class="stack">
            {match part {
                Some((plan, part)) => view! { <PartEditor offering=offering slug=slug plan=plan part=part edits=edits/> }.into_any(),
                None => view! { <PlanEditor offering=offering slug=slug plan=plan edits=edits/> }.into_any(),
            }}
        </div>
    }
}
