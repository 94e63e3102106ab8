//! Where customers transfer to: what invoices and their pages say.

use super::{
    calls::SaveAccounts,
    sheets::{ACCOUNTS, AccountForm, AccountsForm},
};
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Accounts(known: AccountsForm) -> impl IntoView {
    let action = ServerAction::<SaveAccounts>::new();
    let none = known.accounts.is_empty();
    let rows = (0..ACCOUNTS.max(known.accounts.len())).map(|index| account(index, known.accounts.get(index).cloned().unwrap_or_default())).collect_view();
    view! {
        <Section id="accounts".to_owned() title=tr!(billing.accounts.title) says=tr!(billing.accounts.says)>
            {none.then(|| view! { <Callout tone=Tone::Warn title=tr!(billing.accounts.none)><p>{tr!(billing.accounts.none_says)}</p></Callout> })}
            <Card class="stack">
                <Form action=action>
                    <TextField name="form[email]" label=tr!(billing.accounts.email) help=tr!(billing.accounts.email_help) kind="email" max_length=200 value=known.email/>
                    {rows}
                    <SubmitButton>{tr!(common.save)}</SubmitButton>
                </Form>
            </Card>
        </Section>
    }
}

fn account(index: usize, known: AccountForm) -> impl IntoView {
    let name = |field: &str| format!("form[accounts][{index}][{field}]");
    let every = Choice::new("", tr!(billing.accounts.every));
    let currencies = std::iter::once(every).chain(Currency::ALL.map(|currency| Choice::new(currency.code(), currency.code()))).collect();
    view! {
        <fieldset class="schema-row">
            <legend class="field-label">{tr!(billing.accounts.number, number = index + 1)}</legend>
            <TextField name=name("bank") label=tr!(billing.accounts.bank) max_length=70 autocomplete="off" value=known.bank/>
            <TextField name=name("account") label=tr!(billing.pay.account) max_length=70 autocomplete="off" value=known.account/>
            <TextField name=name("holder") label=tr!(billing.accounts.holder) max_length=70 autocomplete="off" value=known.holder/>
            <SelectField name=name("currency") label=tr!(billing.accounts.currency) choices=currencies value=known.currency/>
        </fieldset>
    }
}
