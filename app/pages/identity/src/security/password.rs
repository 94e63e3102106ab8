//! Changing one's password.

use super::calls::ChangePassword;
use crate::outcome::ShortForm;
use kit::prelude::*;
use leptos::prelude::*;

/// The section's form is emptied by this id.
pub const PLACE: &str = "password";

#[component]
pub fn PasswordSection(action: ServerAction<ChangePassword>) -> impl IntoView {
    let email = use_viewer().map(|viewer| viewer.email).unwrap_or_default();
    view! {
        <Section title=tr!(common.password) says=tr!(identity.security.password_help) id=PLACE>
            <Card>
                <ShortForm action=action class="max-w-96">
                    // For password managers: whose password it is.
                    <input type="email" name="username" autocomplete="username" value=email hidden readonly/>
                    <PasswordField name="current" label=tr!(identity.security.current)/>
                    <PasswordField name="new" label=tr!(identity.new_password) new=true help=tr!(identity.new_password_help)/>
                    <div class="form-actions"><SubmitButton>{tr!(identity.security.change)}</SubmitButton></div>
                </ShortForm>
            </Card>
        </Section>
    }
}
