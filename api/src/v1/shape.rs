//! Shapes that every area's answers use: amounts, texts, pages.

use crate::{cursor::Cursors, problem::Problem};
use billing::metering::LARGEST_VALUE;
use kernel::{Language, Money, Page, PageSize};
use platform::Cx;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// An amount of money, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// Major units with a point: `1234.50`, `15000`.
    #[schema(pattern = r"^-?[0-9]+(\.[0-9]+)?$", example = "49.00")]
    pub amount: String,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "USD")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency.code().to_owned() }
    }
}

/// A name or sentence in the languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Localized {
    /// English.
    #[schema(example = "Managed PostgreSQL")]
    pub en: String,
    /// Bahasa Indonesia.
    #[schema(example = "PostgreSQL terkelola")]
    pub id: String,
}

impl From<catalog::Text> for Localized {
    fn from(text: catalog::Text) -> Self {
        Self { en: text.get(Language::En).to_owned(), id: text.get(Language::Id).to_owned() }
    }
}

/// Which part of a list without filters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Rows on one page; 50 without it.
    #[param(minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<u16>,
    /// `next` of the page before.
    #[param(max_length = 2000)]
    pub cursor: Option<String>,
}

/// Asks a use case for one page of a list: the caller's cursor is opened for it, and its own is sealed for the answer.
/// `filter` is everything besides that decides which rows the list has.
pub async fn page<T, E, Answer>(cx: &Cx, list: &str, filter: &impl Serialize, paging: Paging, ask: impl FnOnce(Option<String>, PageSize) -> Answer) -> Result<Page<T>, Problem>
where
    E: Into<Problem>,
    Answer: Future<Output = Result<Page<T>, E>>,
{
    let cursors = Cursors::new(cx, list, filter)?;
    let (after, size) = (cursors.open(paging.cursor)?, page_size(paging.limit)?);
    let page = ask(after, size).await.map_err(Into::into)?;
    Ok(Page { rows: page.rows, next: cursors.seal(page.next) })
}

/// Rows on one page, as all lists take it.
pub fn page_size(limit: Option<u16>) -> Result<PageSize, Problem> {
    match limit {
        None => Ok(PageSize::default()),
        Some(rows) if (1..=PageSize::MAX).contains(&rows) => Ok(PageSize::new(rows)),
        Some(_) => Err(Problem::new("query.invalid", "The query needs another look.").parameter("limit", "out_of_range", format!("1 to {}", PageSize::MAX))),
    }
}

/// Zero or more: a number, or a decimal as text to be exact beyond 15 digits.
pub fn decimal_schema() -> RefOr<Schema> {
    let number = ObjectBuilder::new().schema_type(Type::Number).format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)));
    let number = number.minimum(Some(0)).maximum(Some(LARGEST_VALUE));
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^([0-9]{1,12}(\.[0-9]{1,12})?|10{12})$"));
    Schema::OneOf(OneOfBuilder::new().item(number).item(text).build()).into()
}

/// Quantities by the meter's name.
pub fn quantities_schema() -> RefOr<Schema> {
    Schema::Object(ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(decimal_schema())).build()).into()
}
