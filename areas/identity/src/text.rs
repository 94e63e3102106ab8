//! Short texts that people type: trimmed, without control characters, within a length.

use kernel::FieldError;

/// The text as it is kept, or what is wrong with it. `max` counts characters; an empty text is refused where `least` is
/// above zero.
pub fn line(text: &str, field: &str, least: usize, max: usize) -> Result<String, FieldError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if length == 0 && least > 0 {
        return Err(FieldError::new(field, "required", "Fill this in."));
    }
    if length < least {
        return Err(FieldError::new(field, "too_short", format!("Use at least {least} characters.")));
    }
    if length > max {
        return Err(FieldError::new(field, "too_long", format!("Use at most {max} characters.")));
    }
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(field, "characters", "Leave out characters that cannot be seen."));
    }
    Ok(text)
}

/// Puts an outcome's value aside or its error onto the list: forms answer everything that is wrong at once.
pub fn note<T: Default>(outcome: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> T {
    outcome.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_one_line_and_says_what_is_wrong() {
        assert_eq!(line("  Sari \t Wulandari ", "name", 1, 80), Ok("Sari Wulandari".into()));
        assert_eq!(line(" ", "name", 1, 80).expect_err("empty").code, "required");
        assert_eq!(line("abc", "name", 1, 2).expect_err("long").code, "too_long");
        assert_eq!(line("a\u{7}b", "name", 1, 9).expect_err("bell").code, "characters");
        assert_eq!(line("", "tax_id", 0, 9), Ok(String::new()));
    }
}
