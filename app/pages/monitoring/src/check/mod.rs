//! The parts of a check's page.

mod head;
mod numbers;
mod response;
mod results;

use crate::{incidents::Incidents, sheets::CheckSheet};
use head::{About, Head};
use kit::prelude::*;
use leptos::prelude::*;
use numbers::Numbers;
use response::Response;
use results::Results;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeking {
    pub id: String,
    pub span: crate::sheets::Span,
    /// The cursor after which the results begin.
    pub after: Option<String>,
}

#[component]
pub fn Check(sheet: CheckSheet) -> impl IntoView {
    let CheckSheet { detail, span, response, samples, newest } = sheet;
    let (id, incidents) = (detail.check.id, detail.incidents.clone());
    view! {
        <Head check=detail.check.clone()/>
        <About check=detail.check.clone()/>
        <Response id=id span=span sheet=response/>
        <Numbers detail=detail/>
        <Section id="incidents".to_owned() title=tr!(monitoring.incidents.title)>
            {if incidents.is_empty() {
                view! { <p class="muted">{tr!(monitoring.incidents.none)}</p> }.into_any()
            } else {
                view! { <Incidents caption=tr!(monitoring.incidents.title) incidents=incidents/> }.into_any()
            }}
        </Section>
        <Results id=id span=span samples=samples newest=newest/>
    }
}
