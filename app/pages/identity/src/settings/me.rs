//! One's own name, language and theme, in every organisation.

use super::{calls::UpdateMe, organisation::languages};
use crate::door::verify_email::SendAgain;
use identity::{organisation::Theme, view::Me};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn MyProfile(me: Me, action: ServerAction<UpdateMe>) -> impl IntoView {
    let confirmed = me.email_verified_at.is_some();
    view! {
        <Section title=tr!(identity.settings.me) says=tr!(identity.settings.me_help) id="me">
            <Card class="stack">
                <KeyValues>
                    <KeyValue name=tr!(common.email)>
                        <span class="cluster">
                            {me.email}
                            {if confirmed { view! { <Chip tone=Tone::Good>{tr!(identity.confirmed)}</Chip> } } else { view! { <Chip tone=Tone::Warn>{tr!(identity.not_confirmed)}</Chip> } }}
                        </span>
                    </KeyValue>
                </KeyValues>
                {(!confirmed).then(|| view! { <div class="stack"><p class="muted">{tr!(identity.settings.confirm_help)}</p><SendAgain/></div> })}
                <Form action=action>
                    <TextField name="me[name]" label=tr!(identity.sign_up.name) value=me.name required=true autocomplete="name" max_length=120/>
                    <div class="form-row">
                        <SelectField name="me[language]" label=tr!(kit.language) choices=languages() value=me.language.code() required=true/>
                        <SelectField name="me[theme]" label=tr!(kit.theme) choices=themes() value=me.theme.code() required=true/>
                    </div>
                    <div class="form-actions"><SubmitButton kind=ButtonKind::Plain>{tr!(common.save)}</SubmitButton></div>
                </Form>
            </Card>
        </Section>
    }
}

fn themes() -> Vec<Choice> {
    vec![
        Choice::new(Theme::System.code(), tr!(kit.theme_system)),
        Choice::new(Theme::Light.code(), tr!(kit.theme_light)),
        Choice::new(Theme::Dark.code(), tr!(kit.theme_dark)),
    ]
}
