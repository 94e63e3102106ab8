//! Every component of the kit with its keyboard story. For those who build pages, so in English only; there in
//! development builds alone.

mod calls;
mod inputs;
mod showing;

use inputs::{Buttons, Dialogs, Fields};
use kit::prelude::*;
use leptos::prelude::*;
use showing::{Charts, Lists, Progresses, States, Texts};

#[derive(Clone)]
pub struct GalleryPage {
    chart: Resource<Result<charts::ChartData, PageError>>,
}

impl PageRoute for GalleryPage {
    fn data() -> Self {
        Self { chart: Resource::new(|| (), |()| calls::sample_chart()) }
    }

    fn view(this: Self) -> AnyView {
        if !cfg!(debug_assertions) {
            #[cfg(feature = "ssr")]
            kit::request::status(kit::request::StatusCode::NOT_FOUND);
            return view! { <Trouble error=PageError::NotFound whole=true/> }.into_any();
        }
        view! {
            <div class="public-page">
                <PageHeader title=tr!(home.gallery.title) lead=tr!(home.gallery.lead) crumbs=vec![Crumb::new(tr!(common.product), "/")]>
                    <LinkButton href="/" icon=icons::LuHouse>"Home"</LinkButton>
                </PageHeader>
                <Buttons/>
                <Fields/>
                <Dialogs/>
                <Lists/>
                <States/>
                <Progresses/>
                <Charts chart=this.chart/>
                <Texts/>
            </div>
        }
        .into_any()
    }
}

/// One component with its keys.
#[component]
fn Piece(#[prop(into)] title: String, #[prop(into)] keys: String, children: Children) -> impl IntoView {
    view! { <Section title=title says=format!("Keyboard: {keys}")><div class="box stack">{children()}</div></Section> }
}
