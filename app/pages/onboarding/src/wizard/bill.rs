//! What a tier will cost to the last unit of money, line by line, by the calculator that charges.

use crate::sheet::{Bill, TierPrice};
use catalog::Interval;
use i18n::tr;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

#[component]
pub fn Preview(name: String, price: TierPrice) -> impl IntoView {
    let today = if price.trial_days > 0 {
        tr!(onboarding.bill.trial, days = price.trial_days, date = date_text(price.today_until)).to_string()
    } else {
        tr!(onboarding.bill.today_until, date = date_text(price.today_until)).to_string()
    };
    let each = if price.interval == Interval::Annual { tr!(onboarding.bill.each_year) } else { tr!(onboarding.bill.each_month) };
    view! {
        <div aria-live="polite" class="grid gap-6 md:grid-cols-2" data-preview="true">
            <BillBox title=tr!(onboarding.bill.today, tier = name).to_string() says=today bill=price.today/>
            <BillBox title=each.to_owned() says=tr!(onboarding.bill.each_says).to_owned() bill=price.each/>
        </div>
    }
}

#[component]
fn BillBox(title: String, says: String, bill: Bill) -> impl IntoView {
    let language = i18n::language();
    let taxes = bill.taxes.into_iter().filter(|(_, amount)| !amount.is_zero());
    view! {
        <div>
            <h3 class="font-semibold">{title}</h3>
            <p class="muted text-[0.8125rem]">{says}</p>
            <dl class="mt-3 grid grid-cols-[1fr_auto] gap-y-1.5 text-[0.875rem]">
                {bill.lines.into_iter().map(|(part, amount)| view! { <dt>{part.get(language).to_owned()}</dt><dd class="pl-4 text-right"><Amount money=amount/></dd> }).collect_view()}
                {taxes.map(|(name, amount)| view! { <dt class="muted">{name}</dt><dd class="muted pl-4 text-right"><Amount money=amount/></dd> }).collect_view()}
                <dt class="border-base-300 border-t pt-2 font-semibold">{tr!(common.total)}</dt>
                <dd class="border-base-300 border-t pt-2 pl-4 text-right font-semibold" data-total="true"><Amount money=bill.total/></dd>
            </dl>
        </div>
    }
}
