//! Writing HTML by hand: escaping, and the little Markdown that descriptions use.

#[derive(Default)]
pub struct Html(String);

impl Html {
    /// Adds markup; texts in it were escaped before.
    pub fn push(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub fn done(self) -> String {
        self.0
    }
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Code in backticks, and paragraphs between empty lines.
pub fn markdown(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in escape(text).split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str(&format!("<code>{part}</code>"));
        } else {
            out.push_str(&part.replace("\n\n", "</p><p>"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_before_it_marks_up() {
        assert_eq!(markdown("a `<b>` & c\n\nd"), "a <code>&lt;b&gt;</code> &amp; c</p><p>d");
    }
}
