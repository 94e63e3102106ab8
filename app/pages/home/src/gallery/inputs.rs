//! What is pressed and typed into.

use super::{
    Piece,
    calls::SendSample,
};
use kit::{dialog::DialogCancel, prelude::*};
use leptos::prelude::*;
use serde_json::json;

#[component]
pub(super) fn Buttons() -> impl IntoView {
    let (pending, set_pending) = signal(false);
    view! {
        <Piece title="Buttons" keys="Tab reaches, Enter or Space presses; a pending button cannot be pressed twice">
            <div class="cluster">
                <Button kind=ButtonKind::Primary icon=icons::LuPlus on_click=Callback::new(move |_| set_pending.update(|on| *on = !*on))>"Primary"</Button>
                <Button>"Plain"</Button>
                <Button kind=ButtonKind::Quiet>"Quiet"</Button>
                <Button kind=ButtonKind::Danger icon=icons::LuTrash2>"Danger"</Button>
                <Button disabled=true>"Disabled"</Button>
                <ActionButton pending=pending kind=ButtonKind::Primary>"Sends"</ActionButton>
                <LinkButton href="/pricing" icon=icons::LuArrowRight>"Link"</LinkButton>
                <CopyButton text="postgres://example" what="Connection"/>
            </div>
        </Piece>
    }
}

#[component]
pub(super) fn Fields() -> impl IntoView {
    let action = ServerAction::<SendSample>::new();
    let schema = json!({
        "type": "object",
        "required": ["database_name"],
        "properties": {
            "database_name": { "type": "string", "maxLength": 31, "default": "app", "x-order": 1, "x-title": { "en": "Database name", "id": "Nama basis data" } },
            "connection_limit": { "type": "integer", "minimum": 1, "maximum": 50, "default": 10, "x-order": 2 },
            "kind": { "type": "string", "enum": ["http", "tcp", "tls"], "x-order": 3 },
            "extensions": { "type": "array", "items": { "type": "string", "enum": ["citext", "hstore", "pg_trgm"] }, "x-order": 4 },
            "public": { "type": "boolean", "x-order": 5 },
            "checks": { "type": "array", "maxItems": 5, "x-order": 6, "items": { "type": "object", "required": ["target"], "properties": {
                "target": { "type": "string", "x-order": 1 }, "interval": { "type": "integer", "minimum": 30, "default": 60, "x-unit": "s", "x-order": 2 } } } },
        },
    });
    view! {
        <Piece title="Form, fields, fields from a JSON Schema" keys="Tab from field to field, Enter sends; after a refusal the focus is on the first field with a complaint">
            <Form action=action>
                <div class="form-row">
                    <TextField name="form[name]" label="Name" help="Anything but ok is refused." required=true/>
                    <TextField name="form[email]" label="E-mail" kind="email" placeholder="name@example.com"/>
                    <NumberField name="form[seats]" label="Seats" value="5" min="1" max="50" unit="people"/>
                    <SelectField name="form[zone]" label="Time zone" choices=vec![Choice::new("a", "Asia/Jakarta"), Choice::new("b", "Europe/Berlin")] value="b"/>
                    <PasswordField name="form[password]" label="Password" new=true/>
                    <TextArea name="form[note]" label="Note" rows=3/>
                </div>
                <CheckField name="form[agreed]" label="I have read this" help="Sends true, or nothing."/>
                <RadioCards name="form[tier]" legend="Tier" value="pro" choices=vec![
                    Choice::new("starter", "STARTER").says("5 people, 10 services"),
                    Choice::new("pro", "PROFESSIONAL").says("25 people, 50 services"),
                ]/>
                <SchemaForm schema=schema name="form[configuration]"/>
                <div class="form-actions"><SubmitButton>"Send"</SubmitButton></div>
            </Form>
        </Piece>
    }
}

#[component]
pub(super) fn Dialogs() -> impl IntoView {
    let toasts = use_toasts();
    let undone = Callback::new(move |()| toasts.show(ToastKind::Note, "Taken back"));
    view! {
        <Piece title="Dialogs and toasts" keys="Enter opens, Tab stays inside, Escape closes and the focus returns to the button">
            <div class="cluster">
                <DialogButton opens="sample-dialog">"Open a dialog"</DialogButton>
                <Dialog id="sample-dialog" title="Rotate the password">
                    <p class="muted">"Programs that use the old one are cut off within a minute."</p>
                    <div class="dialog-actions"><DialogCancel closes="sample-dialog"/><Button kind=ButtonKind::Primary>"Rotate"</Button></div>
                </Dialog>
                <Confirm id="sample-confirm" label="Delete" title="Delete orders-db?" says="It is kept for seven days and can be taken back." kind=ButtonKind::Danger icon=icons::LuTrash2>
                    <Button kind=ButtonKind::Danger>"Delete"</Button>
                </Confirm>
                <Button on_click=Callback::new(move |_| toasts.show(ToastKind::Done, "Saved"))>"Toast"</Button>
                <Button on_click=Callback::new(move |_| toasts.show_with_undo("Removed Ratna from the team", undone))>"Toast with undo"</Button>
                <Button on_click=Callback::new(move |_| toasts.show(ToastKind::Failed, "The server does not answer"))>"Toast of trouble"</Button>
            </div>
        </Piece>
    }
}
