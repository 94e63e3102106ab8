//! What a form knows of its fields: how a complaint names them and where it leads.

use super::pointer_of;
use i18n::tr;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What a field takes, as the reader writes it; none where there is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bounds {
    pub low: Option<String>,
    pub high: Option<String>,
    /// Characters.
    pub longest: Option<u32>,
}

/// One field that is in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownField {
    /// `/form/configuration/storage_gb`.
    pub pointer: String,
    pub id: String,
    pub label: String,
    pub bounds: Bounds,
}

impl KnownField {
    pub fn new(name: &str, label: &str, bounds: Bounds) -> Self {
        Self { pointer: pointer_of(name), id: id_of(name), label: label.to_owned(), bounds }
    }
}

/// One row of an array. Its number is never given twice, so after a removal it differs from its place, which is what
/// the server counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownRow {
    /// `/form/configuration/checks`.
    pub array: String,
    pub number: usize,
    pub numbers: RwSignal<Vec<usize>>,
    /// What one of the rows is called.
    pub title: Option<String>,
}

impl KnownRow {
    /// From nought, among the rows that are there; none once it was removed.
    fn place(&self) -> Option<usize> {
        self.numbers.try_with_untracked(|numbers| place(numbers, self.number)).flatten()
    }

    /// What stands behind the row in a pointer; none when the pointer is not of this row.
    fn rest<'p>(&self, pointer: &'p str) -> Option<&'p str> {
        let rest = pointer.strip_prefix(&format!("{}/{}", self.array, self.number))?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

/// Where the row of that number stands, from nought.
pub(super) fn place(numbers: &[usize], number: usize) -> Option<usize> {
    numbers.iter().position(|known| *known == number)
}

/// `Check 2`, or `Number 2` where the rows have no name.
pub(super) fn row_title(title: Option<&str>, place: usize) -> String {
    let number = place + 1;
    title.map_or_else(|| tr!(kit.form.row, number = number).to_string(), |title| format!("{title} {number}"))
}

/// The id of the field of that name: `f-form-email`.
pub(super) fn id_of(name: &str) -> String {
    format!("f-{}", name.replace(['[', ']', '/'], "-").trim_end_matches('-'))
}

/// All that a form's fields told of themselves.
#[derive(Clone, Copy)]
pub(super) struct Known {
    fields: StoredValue<Vec<KnownField>>,
    rows: StoredValue<Vec<KnownRow>>,
}

impl Known {
    pub fn new() -> Self {
        Self { fields: StoredValue::new(Vec::new()), rows: StoredValue::new(Vec::new()) }
    }

    /// The last to say so under a name counts.
    pub fn field(self, field: KnownField) {
        self.fields.update_value(|fields| match fields.iter_mut().find(|known| known.pointer == field.pointer) {
            Some(known) => *known = field,
            None => fields.push(field),
        });
    }

    pub fn row(self, row: KnownRow) {
        self.rows.update_value(|rows| match rows.iter_mut().find(|known| known.array == row.array && known.number == row.number) {
            Some(known) => *known = row,
            None => rows.push(row),
        });
    }

    /// The pointer that the server knows a field by: rows counted by their places. None where its row was removed.
    pub fn as_sent(self, pointer: &str) -> Option<String> {
        self.rows.with_value(|rows| {
            if !rows.iter().any(|row| pointer.strip_prefix(&row.array).is_some_and(|rest| rest.starts_with('/'))) {
                return Some(pointer.to_owned());
            }
            rows.iter().find_map(|row| Some(format!("{}/{}{}", row.array, row.place()?, row.rest(pointer)?)))
        })
    }

    /// The first field that the test on its pointer, as the server knows it, finds.
    pub fn find(self, is: impl Fn(&str) -> bool) -> Option<KnownField> {
        self.fields.with_value(|fields| fields.iter().find(|field| self.as_sent(&field.pointer).is_some_and(|pointer| is(&pointer))).cloned())
    }

    /// What a field is called outside of its row: `Check 2, Target`.
    pub fn name(self, field: &KnownField) -> String {
        self.rows.with_value(|rows| match rows.iter().find(|row| row.rest(&field.pointer).is_some_and(|rest| !rest.is_empty())) {
            Some(row) => format!("{}, {}", row_title(row.title.as_deref(), row.place().unwrap_or(row.number)), field.label),
            None => field.label.clone(),
        })
    }
}

/// Moves the keyboard to the field of that id, or to the first within it.
pub(super) fn focus(id: &str) {
    let Some(found) = document().get_element_by_id(id) else { return };
    let inside = found.query_selector("input, select, textarea").ok().flatten();
    if let Ok(field) = inside.unwrap_or(found).dyn_into::<web_sys::HtmlElement>() {
        // A field that cannot take the focus stays where the link's address scrolls to without scripting.
        let _ = field.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_called_and_sent_by_its_place() {
        Owner::new().with(|| {
            let known = Known::new();
            let numbers = RwSignal::new(vec![1, 12]);
            let array = pointer_of("form[checks]");
            for number in [1, 12] {
                known.row(KnownRow { array: array.clone(), number, numbers, title: Some("Check".to_owned()) });
                known.field(KnownField::new(&format!("form[checks][{number}][target]"), "Target", Bounds::default()));
            }
            assert_eq!(known.as_sent("/form/name").as_deref(), Some("/form/name"));
            assert_eq!(known.as_sent("/form/checks/1/target").as_deref(), Some("/form/checks/0/target"));
            assert_eq!(known.as_sent("/form/checks/12/target").as_deref(), Some("/form/checks/1/target"));
            assert_eq!(known.as_sent("/form/checks/2/target"), None, "it was removed");
            let second = known.find(|pointer| pointer == "/form/checks/1/target").expect("it is there");
            assert_eq!(known.name(&second), "Check 2, Target");
            assert_eq!(second.id, "f-form-checks--12--target");
        });
    }
}
