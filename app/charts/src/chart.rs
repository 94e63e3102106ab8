//! A chart on the page: the finding, the picture, the numbers, and both to take away.

use crate::ChartData;
use i18n::tr;
use icondata_lu as icons;
use kit::{
    icon::Icon,
    time::{date_time_text, number_text},
    use_zone,
};
use leptos::prelude::*;

/// `title` says the finding ("Median response 84 ms, down from 120"), `summary` what is drawn, with the unit.
#[component]
pub fn Chart(#[prop(into)] title: String, data: ChartData, #[prop(optional, into)] summary: String) -> impl IntoView {
    if data.is_empty() {
        return view! {
            <figure class="chart">
                <figcaption class="chart-head"><span class="chart-title">{title}</span></figcaption>
                <p class="chart-empty">{tr!(kit.chart.no_data)}</p>
            </figure>
        }
        .into_any();
    }
    let decimals = usize::from(data.decimals);
    let unit = data.unit.clone();
    let text = move |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{} {unit}", number_text(value, decimals)).trim_end().to_owned());
    let rows = data.rows();
    let names: Vec<String> = data.series.iter().map(|series| series.name.clone()).collect();
    view! {
        <figure class="chart">
            <figcaption class="chart-head">
                <span class="chart-title">{title.clone()}</span>
                <span class="muted">{summary.clone()}</span>
            </figcaption>
            // Drawn by public/js/chart.js once it is seen; the option changes with the data. Its times are in the zone of
            // the table's.
            <hub-chart
                class="chart-canvas"
                role="img"
                aria-label=format!("{title}. {summary}")
                data-option=data.option
                data-unit=data.unit
                data-decimals=data.decimals.to_string()
                data-zone=use_zone()
                data-name=title.clone()
            ></hub-chart>
            <div class="chart-foot">
                <details class="chart-table">
                    <summary>{tr!(kit.chart.table)}</summary>
                    <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                        <table class="grid-table">
                            <thead><tr>
                                <th scope="col">{tr!(kit.chart.time)}</th>
                                {names.into_iter().map(|name| view! { <th scope="col" class="right">{name}</th> }).collect_view()}
                            </tr></thead>
                            <tbody>{rows.into_iter().map(|(at, values)| view! {
                                <tr data-at=at.to_string()><td class="nowrap">{date_time_text(at)}</td>
                                    {values.into_iter().map(|value| view! { <td class="right tabular">{text(value)}</td> }).collect_view()}
                                </tr>
                            }).collect_view()}</tbody>
                        </table>
                    </div>
                </details>
                <span class="cluster needs-script">
                    <button type="button" class="btn btn-ghost btn-sm" data-chart-export="png"><Icon icon=icons::LuDownload/>{tr!(kit.chart.download_png)}</button>
                    <button type="button" class="btn btn-ghost btn-sm" data-chart-export="csv"><Icon icon=icons::LuDownload/>{tr!(kit.chart.download_csv)}</button>
                </span>
            </div>
        </figure>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::TimeSeries;
    use kernel::{Currency, Language, Role, TenantId, Timestamp};
    use kit::{Viewer, ViewerOrganisation, viewer::provide_viewer_slot};

    fn viewer_in(zone: &str) -> Viewer {
        let organisation = ViewerOrganisation {
            id: TenantId::from_uuid(Default::default()),
            name: "Bumi".to_owned(),
            role: Role::Owner,
            currency: Currency::Idr,
            time_zone: zone.to_owned(),
        };
        Viewer {
            name: "Ayu".to_owned(),
            email: "ayu@bumi.test".to_owned(),
            email_verified: true,
            language: Language::En,
            staff: false,
            organisations: vec![organisation.clone()],
            organisation: Some(organisation),
            permissions: Vec::new(),
            onboarding_open: false,
            saved_views: Vec::new(),
        }
    }

    #[test]
    fn the_picture_and_the_table_are_in_the_organisations_zone() {
        Owner::new().with(|| {
            let data = TimeSeries::new("ms").line("p50", vec![(Timestamp::from_seconds(0), Some(5.0))]).build();
            assert!(data.option.contains("[0,5.0]"), "the option has the instant itself: {}", data.option);
            provide_viewer_slot().0.set(Some(viewer_in("Asia/Jakarta")));
            let page = view! { <Chart title="Response" data=data/> }.into_any().to_html();
            assert!(page.contains("data-zone=\"Asia/Jakarta\""), "{page}");
            let page = page.replace('\u{a0}', " ");
            assert!(page.contains("1 Jan 1970, 07:00") && page.contains("1970-01-01T00:00:00"), "{page}");
        });
    }
}
