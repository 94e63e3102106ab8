//! What came back for a form: complaints by field, and what was typed.

use super::known::{Bounds, Known, KnownField, KnownRow};
use crate::PageError;
use i18n::tr;
use kernel::FieldError;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Known to every field below a `Form`.
#[derive(Clone, Copy)]
pub struct FormState {
    pub error: Signal<Option<PageError>>,
    pub pending: Signal<bool>,
    known: Known,
}

pub fn use_form_state() -> Option<FormState> {
    use_context()
}

impl FormState {
    pub fn new(error: Signal<Option<PageError>>, pending: Signal<bool>) -> Self {
        Self { error, pending, known: Known::new() }
    }

    /// The complaint about the field of that name, in the reader's language.
    pub fn complaint(self, name: &str) -> Option<String> {
        let pointer = pointer_of(name);
        self.error.with(|error| {
            let complaints = error.as_ref()?.fields();
            if complaints.is_empty() {
                return None;
            }
            let pointer = self.known.as_sent(&pointer)?;
            complaints.iter().find(|complaint| belongs(&complaint.field, &pointer)).map(|complaint| self.about(complaint).1)
        })
    }

    /// The field that a complaint is about, as its name and its id, and the complaint in the reader's language.
    pub fn about(self, complaint: &FieldError) -> (Option<(String, String)>, String) {
        let field = self.known.find(|pointer| belongs(&complaint.field, pointer));
        let text = complaint_text(complaint, field.as_ref().map_or(&Bounds::default(), |field| &field.bounds));
        (field.map(|field| (self.known.name(&field), field.id)), text)
    }

    pub(super) fn knows(self, field: KnownField) {
        self.known.field(field);
    }

    pub(super) fn knows_row(self, row: KnownRow) {
        self.known.row(row);
    }

    /// What was typed into the field of that name, where the form came back without scripting.
    pub fn typed(self, name: &str) -> Option<String> {
        let pointer = pointer_of(name);
        self.error.with_untracked(|error| match error {
            Some(PageError::Invalid { typed, .. }) => typed.iter().find(|(field, _)| belongs(field, &pointer)).map(|(_, value)| value.clone()),
            _ => None,
        })
    }

    /// Moves the keyboard to the first field with a complaint, once the complaints are in the page.
    pub fn focus_first_complaint(self) {
        request_animation_frame(|| {
            let found = document().query_selector("[aria-invalid=true]").ok().flatten();
            if let Some(field) = found.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                // A field that cannot take the focus is scrolled to by the summary's words alone.
                let _ = field.focus();
            }
        });
    }
}

/// `form[checks][0][target]` as `/form/checks/0/target`; a JSON pointer stays as it is.
pub fn pointer_of(name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    let mut pointer = String::with_capacity(name.len() + 1);
    for part in name.split('[') {
        pointer.push('/');
        pointer.push_str(part.trim_end_matches(']'));
    }
    pointer
}

/// Whether a complaint or typed value under `field` is about the form field at `pointer`: they end alike.
fn belongs(field: &str, pointer: &str) -> bool {
    let field = pointer_of(field);
    pointer == field || pointer.ends_with(&field) || field.ends_with(pointer)
}

/// A complaint in the reader's language, by its code and the bounds of its field; an unknown code speaks for itself.
fn complaint_text(complaint: &FieldError, bounds: &Bounds) -> String {
    let known = match complaint.code.as_str() {
        "required" => tr!(kit.field_errors.required),
        "too_long" => tr!(kit.field_errors.too_long),
        "too_short" => tr!(kit.field_errors.too_short),
        "too_small" | "minimum" => tr!(kit.field_errors.too_small),
        "too_large" | "maximum" => tr!(kit.field_errors.too_large),
        "not_a_number" | "type" => tr!(kit.field_errors.not_a_number),
        "not_an_email" | "email" => tr!(kit.field_errors.not_an_email),
        "taken" => tr!(kit.field_errors.taken),
        "changed_meanwhile" => tr!(kit.field_errors.changed_meanwhile),
        "too_few" => tr!(kit.field_errors.too_few),
        "too_many" => tr!(kit.field_errors.too_many),
        "not_unique" => tr!(kit.field_errors.not_unique),
        "unknown" | "enum" | "choice" => tr!(kit.field_errors.unknown),
        "weak" => tr!(kit.field_errors.weak),
        "format" => tr!(kit.field_errors.format),
        "pattern" => tr!(kit.field_errors.pattern),
        "invalid" if complaint.message.is_empty() => tr!(kit.field_errors.invalid),
        _ => return complaint.message.clone(),
    };
    // English messages of the areas say more than the code alone; other readers get their own words.
    match i18n::language() {
        kernel::Language::En if !complaint.message.is_empty() => complaint.message.clone(),
        _ => bounded(&complaint.code, bounds).unwrap_or_else(|| known.to_string()),
    }
}

/// The bound that was passed, where the field has one.
fn bounded(code: &str, bounds: &Bounds) -> Option<String> {
    match code {
        "too_small" | "minimum" | "too_few" => bounds.low.as_ref().map(|low| format!("{}.", tr!(kit.form.at_least, low = low.clone()))),
        "too_large" | "maximum" | "too_many" => bounds.high.as_ref().map(|high| format!("{}.", tr!(kit.form.at_most, high = high.clone()))),
        "too_long" => bounds.longest.map(|longest| tr!(kit.field_errors.at_most_characters, count = longest).to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_names_its_field_and_its_bound_in_every_language() {
        Owner::new().with(|| {
            i18n::read_in(kernel::Language::Id);
            let complaint = FieldError::new("/configuration/limit", "too_small", "At least 60.");
            let state = FormState::new(Signal::stored(Some(PageError::Invalid { fields: vec![complaint.clone()], typed: Vec::new() })), Signal::stored(false));
            assert_eq!(state.about(&complaint), (None, "Ini terlalu rendah.".to_owned()));
            state.knows(KnownField::new("form[configuration][limit]", "Batas", Bounds { low: Some("60".to_owned()), ..Bounds::default() }));
            assert_eq!(state.about(&complaint), (Some(("Batas".to_owned(), "f-form-configuration--limit".to_owned())), "Paling sedikit 60.".to_owned()));
            assert_eq!(state.complaint("form[configuration][limit]").as_deref(), Some("Paling sedikit 60."));
        });
    }

    #[test]
    fn what_a_schema_complains_of_has_words_of_its_own_in_every_language() {
        Owner::new().with(|| {
            let words = |code, bounds: &Bounds| complaint_text(&FieldError::new("/configuration/checks", code, "At most 3."), bounds);
            let none = Bounds::default();
            i18n::read_in(kernel::Language::Id);
            assert_eq!(words("pattern", &none), "Bentuknya tidak seperti yang diminta.");
            assert_eq!(words("format", &none), "Bentuknya tidak benar.");
            assert_eq!(words("choice", &none), "Ini bukan salah satu pilihan.");
            assert_eq!(words("not_unique", &none), "Masing-masing hanya sekali.");
            assert_eq!((words("too_few", &none), words("too_many", &none)), ("Jumlahnya kurang.".to_owned(), "Jumlahnya terlalu banyak.".to_owned()));
            let bounds = Bounds { low: Some("1".to_owned()), high: Some("3".to_owned()), longest: None };
            assert_eq!((words("too_few", &bounds), words("too_many", &bounds)), ("Paling sedikit 1.".to_owned(), "Paling banyak 3.".to_owned()));
            i18n::read_in(kernel::Language::En);
            assert_eq!(words("too_many", &bounds), "At most 3.");
            assert_eq!(complaint_text(&FieldError::new("/configuration/name", "pattern", ""), &none), "This is not of the form that is asked for.");
        });
    }

    #[test]
    fn a_complaint_finds_its_field() {
        assert_eq!(pointer_of("form[checks][0][target]"), "/form/checks/0/target");
        assert!(belongs("/configuration/storage_gb", &pointer_of("form[configuration][storage_gb]")));
        assert!(belongs("email", &pointer_of("email")));
        assert!(belongs("email", &pointer_of("form[email]")));
        assert!(!belongs("email", &pointer_of("form[billing_email]")));
        assert!(!belongs("/checks/1/target", &pointer_of("form[checks][0][target]")));
    }
}
