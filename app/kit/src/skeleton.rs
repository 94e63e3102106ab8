//! Where content will be while it is fetched, in its later shape.

use i18n::tr;
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SkeletonKind {
    #[default]
    Text,
    Table,
    Tiles,
    Cards,
    Form,
}

#[component]
pub fn Skeleton(#[prop(optional)] kind: SkeletonKind) -> impl IntoView {
    let (class, bars) = match kind {
        SkeletonKind::Text => ("bones bones-text", 4),
        SkeletonKind::Table => ("bones bones-table", 8),
        SkeletonKind::Tiles => ("bones bones-tiles", 4),
        SkeletonKind::Cards => ("bones bones-cards", 6),
        SkeletonKind::Form => ("bones bones-form", 5),
    };
    view! {
        <div class=class role="status" aria-label=tr!(common.loading)>
            {(0..bars).map(|_| view! { <span class="bone" aria-hidden="true"></span> }).collect_view()}
        </div>
    }
}
