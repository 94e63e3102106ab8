//! The words of the document in both languages, and how it writes dates and quantities.

use crate::{invoice::LineKind, periods::Period, view::DocumentKind};
use kernel::{Date, Language, Money, money::group};
use rust_decimal::Decimal;

/// Digits after the point that a quantity shows; the derivation has them all.
const SHOWN_DIGITS: u32 = 4;

pub(super) struct Words {
    language: Language,
}

macro_rules! words {
    ($($name:ident = $en:literal, $id:literal;)*) => {
        impl Words {
            $(pub(super) const fn $name(&self) -> &'static str {
                match self.language {
                    Language::En => $en,
                    Language::Id => $id,
                }
            })*
        }
    };
}

words! {
    billed_to = "Billed to", "Ditagihkan kepada";
    number = "Number", "Nomor";
    issued = "Date", "Tanggal";
    due = "Due", "Jatuh tempo";
    tax_id = "Tax ID", "NPWP";
    description = "Description", "Uraian";
    period = "Period", "Periode";
    quantity = "Quantity", "Kuantitas";
    amount = "Amount", "Jumlah";
    subtotal = "Subtotal", "Subtotal";
    discount = "Discount", "Potongan";
    tax_base = "Tax base", "Dasar Pengenaan Pajak";
    total = "Total", "Total";
    from_balance = "Paid from balance", "Dibayar dari saldo";
    amount_due = "Amount due", "Jumlah yang harus dibayar";
    nothing_due = "Paid in full", "Lunas";
    credited = "Credited to your balance", "Ditambahkan ke saldo Anda";
    pay_by_transfer = "Payment by bank transfer", "Pembayaran dengan transfer bank";
    bank = "Bank", "Bank";
    account = "Account", "Nomor rekening";
    holder = "Account holder", "Atas nama";
    reference = "Reference", "Berita";
    continued = "Continued", "Lanjutan";
}

impl Words {
    pub(super) const fn of(language: Language) -> Self {
        Self { language }
    }

    pub(super) const fn document(&self, kind: DocumentKind) -> &'static str {
        match (kind, self.language) {
            (DocumentKind::Invoice, Language::En) => "Invoice",
            (DocumentKind::Invoice, Language::Id) => "Faktur",
            (DocumentKind::CreditNote, Language::En) => "Credit note",
            (DocumentKind::CreditNote, Language::Id) => "Nota kredit",
        }
    }

    pub(super) const fn language(&self) -> Language {
        self.language
    }

    /// What is said beside a part's name where its kind does not go without saying.
    pub(super) const fn kind(&self, kind: LineKind) -> Option<&'static str> {
        match (kind, self.language) {
            (LineKind::Credit, Language::En) => Some("unused time"),
            (LineKind::Credit, Language::Id) => Some("sisa waktu"),
            (LineKind::Late, Language::En) => Some("reported later"),
            (LineKind::Late, Language::Id) => Some("dilaporkan kemudian"),
            (LineKind::Minimum, Language::En) => Some("to the minimum"),
            (LineKind::Minimum, Language::Id) => Some("hingga minimum"),
            (LineKind::Fee | LineKind::OneTime | LineKind::Usage, _) => None,
        }
    }

    pub(super) fn page(&self, number: usize, count: usize) -> String {
        match self.language {
            Language::En => format!("Page {number} of {count}"),
            Language::Id => format!("Halaman {number} dari {count}"),
        }
    }

    pub(super) fn pay_by(&self, date: Date) -> String {
        match self.language {
            Language::En => format!("due {}", self.date(date)),
            Language::Id => format!("jatuh tempo {}", self.date(date)),
        }
    }

    /// With plain spaces, which is what people search for.
    pub(super) fn money(&self, money: Money) -> String {
        money.format(self.language).replace('\u{a0}', " ")
    }

    /// `31 Jan 2026`.
    pub(super) fn date(&self, date: Date) -> String {
        format!("{} {} {}", date.day(), self.month(date), date.year())
    }

    /// From the first to the last day: `31 Jan – 27 Feb 2026`.
    pub(super) fn days(&self, period: Period) -> String {
        let last = period.end.plus_days(-1).max(period.start);
        if last == period.start {
            return self.date(last);
        }
        let first = if period.start.year() == last.year() {
            format!("{} {}", period.start.day(), self.month(period.start))
        } else {
            self.date(period.start)
        };
        format!("{first} – {}", self.date(last))
    }

    fn month(&self, date: Date) -> &'static str {
        const EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const ID: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
        let names = match self.language {
            Language::En => EN,
            Language::Id => ID,
        };
        names[usize::from(date.month() - 1)]
    }

    pub(super) fn number_of(&self, quantity: Decimal) -> String {
        let plain = quantity.round_dp(SHOWN_DIGITS).normalize().to_string();
        let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("−", rest));
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let whole = group(whole, self.language);
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{}{fraction}", self.language.decimal_mark()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_each_reader_expects() {
        let (en, id) = (Words::of(Language::En), Words::of(Language::Id));
        let period = Period::new(Date::from_days(20_819), Date::from_days(20_850));
        assert_eq!(en.days(period), "1 – 31 Jan 2027".replace("1 –", "1 Jan –"));
        assert_eq!(id.number_of("1234567.50001".parse().expect("a decimal")), "1.234.567,5");
        assert_eq!(en.number_of("-0.25".parse().expect("a decimal")), "−0.25");
    }
}
