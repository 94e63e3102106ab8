//! How the platform's mails look: one column that fits phones and desktops, and a text part that says the same.

use crate::mail::Mail;
use std::fmt::Write;

/// The product's name as readers know it.
pub const BRAND: &str = "Service Hub";

/// What one mail says, in the reader's language and without markup.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    pub subject: String,
    pub title: String,
    pub paragraphs: Vec<String>,
    /// What the button says and where it leads.
    pub button: Option<(String, String)>,
    /// Names and values below the text, such as an amount and its due date.
    pub facts: Vec<(String, String)>,
    /// Why one receives it and what to do if that is wrong.
    pub footnote: String,
}

impl Letter {
    /// The mail to `recipient`.
    pub fn to(&self, recipient: impl Into<String>) -> Mail {
        Mail { recipient: recipient.into(), subject: one_line(&self.subject), text: self.text(), html: self.html(), attachment: None }
    }

    /// Plain text with the link on a line of its own.
    fn text(&self) -> String {
        let mut parts = vec![self.title.clone()];
        parts.extend(self.paragraphs.iter().cloned());
        if !self.facts.is_empty() {
            parts.push(self.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"));
        }
        if let Some((label, link)) = &self.button {
            parts.push(format!("{label}:\n{link}"));
        }
        parts.push(format!("-- \n{BRAND}\n{}", self.footnote));
        parts.join("\n\n")
    }

    fn html(&self) -> String {
        let mut body = format!("<h1 style=\"{H1}\">{}</h1>", escaped(&self.title));
        for paragraph in &self.paragraphs {
            write!(body, "<p style=\"{P}\">{}</p>", escaped(paragraph)).expect("writing to a string succeeds");
        }
        for (name, value) in &self.facts {
            write!(body, "<p style=\"{FACT}\"><span style=\"color:#5b6472\">{}</span><br><strong>{}</strong></p>", escaped(name), escaped(value))
                .expect("writing to a string succeeds");
        }
        if let Some((label, link)) = &self.button {
            let link = escaped(link);
            write!(
                body,
                "<p style=\"margin:28px 0\"><a href=\"{link}\" style=\"{BUTTON}\">{}</a></p>\
                 <p style=\"{SMALL}\"><a href=\"{link}\" style=\"color:#5b6472;word-break:break-all\">{link}</a></p>",
                escaped(label)
            )
            .expect("writing to a string succeeds");
        }
        format!(
            "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light\"><title>{subject}</title></head>\
             <body style=\"margin:0;padding:24px 12px;background:#f3f4f6\">\
             <div style=\"{CARD}\"><p style=\"{MARK}\">{BRAND}</p>{body}\
             <p style=\"{SMALL};border-top:1px solid #e5e7eb;margin-top:32px;padding-top:16px\">{footnote}</p></div></body></html>",
            subject = escaped(&self.subject),
            footnote = escaped(&self.footnote),
        )
    }
}

// Mail programs drop style sheets, so each element carries its own style.
const CARD: &str = "max-width:520px;margin:0 auto;padding:28px 32px;background:#ffffff;border:1px solid #e5e7eb;border-radius:12px;\
                    font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#111827";
const MARK: &str = "margin:0 0 24px;font-size:14px;font-weight:600;color:#1f4fd8";
const H1: &str = "margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:650";
const P: &str = "margin:0 0 14px;font-size:16px;line-height:1.55";
const FACT: &str = "margin:0 0 10px;font-size:15px;line-height:1.5";
const BUTTON: &str = "display:inline-block;padding:12px 22px;background:#1f4fd8;color:#ffffff;border-radius:8px;font-size:16px;\
                      font-weight:600;text-decoration:none";
const SMALL: &str = "margin:0;font-size:13px;line-height:1.5;color:#5b6472";

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_link_on_its_own_line_and_html_escapes_names() {
        let letter = Letter {
            subject: "Hello\nBcc: x".into(),
            title: "Hello <b>you</b>".into(),
            paragraphs: vec!["A & B".into()],
            button: Some(("Open".into(), "https://hub.test/a?b=1&c=2".into())),
            facts: vec![("Total".into(), "$ 12.00".into())],
            footnote: "Why".into(),
        };
        let mail = letter.to("a@b.test");
        assert_eq!(mail.subject, "Hello Bcc: x");
        assert!(mail.text.lines().any(|line| line == "https://hub.test/a?b=1&c=2"), "{}", mail.text);
        assert!(mail.html.contains("Hello &lt;b&gt;you&lt;/b&gt;") && mail.html.contains("b=1&amp;c=2") && mail.html.contains("A &amp; B"));
    }
}
