//! Passwords as they are kept: argon2id, off the threads that serve requests, a few at a time.

use crate::{Password, password};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use kernel::{Fault, FieldError};
use platform::secrets::random_bytes;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// OWASP's recommendation for argon2id (password storage cheat sheet): 19 MiB of memory, two passes over it, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes computed at once: each takes its memory and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// What unknown accounts are checked against, so that they answer as slowly as known ones.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password"));
/// Least strength on zxcvbn's scale of 0 to 4: a hundred million guesses.
const LEAST_SCORE: u8 = 2;

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> String {
    let salt = SaltString::encode_b64(&random_bytes::<16>()).expect("16 bytes are a salt");
    argon2id().hash_password(password.as_bytes(), &salt).expect("a password within its limit can be hashed").to_string()
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| Fault::new("the process stops"))?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Fault::new("hashing was interrupted"))
}

pub async fn hash(password: &Password) -> Result<String, Fault> {
    let password = password.clone();
    off_thread(move || hash_now(password.reveal())).await
}

/// Whether it is the one. Without a kept hash the same work is done and the answer is no.
pub async fn verify(password: &Password, kept: Option<String>) -> Result<bool, Fault> {
    // Nothing longer was ever accepted; hashing it would be somebody's way to keep us busy.
    if password.reveal().chars().count() > password::MAX {
        return Ok(false);
    }
    let password = password.clone();
    off_thread(move || {
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODYS.clone());
        let parsed = PasswordHash::new(&kept);
        known & parsed.is_ok_and(|parsed| argon2id().verify_password(password.reveal().as_bytes(), &parsed).is_ok())
    })
    .await
}

/// What is wrong with a new password: its length, or that it is guessed easily by somebody who knows `about` its owner.
pub async fn check_new(password: &Password, field: &'static str, about: &[&str]) -> Result<Result<(), FieldError>, Fault> {
    if let Err(error) = password.check_length(field) {
        return Ok(Err(error));
    }
    let words = words_about(about);
    let password = password.clone();
    let score = off_thread(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        u8::from(zxcvbn::zxcvbn(password.reveal(), &words).score())
    })
    .await?;
    Ok(if score >= LEAST_SCORE {
        Ok(())
    } else {
        Err(FieldError::new(
            field,
            "too_easy",
            "This is guessed easily. Add a few words that have nothing to do with you, and leave out names and rows of keys.",
        ))
    })
}

/// What somebody who knows the owner tries first: each text, its words, and its words joined as people join them.
fn words_about(about: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for text in about {
        let text = text.to_lowercase();
        let parts: Vec<&str> = text.split(|character: char| !character.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        words.extend(["", " ", "-", "_", "."].map(|join| parts.join(join)));
        words.extend(parts.iter().filter(|part| part.chars().count() > 2).map(|part| (*part).to_owned()));
        words.push(text);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn knows_its_own_and_nobody_elses() {
        let password = Password::new("seven green umbrellas");
        let kept = hash(&password).await.expect("hashes");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify(&password, Some(kept.clone())).await.expect("verifies"));
        assert!(!verify(&Password::new("seven green umbrella"), Some(kept)).await.expect("verifies"));
        assert!(!verify(&Password::new("nobody has this password"), None).await.expect("verifies"));
        assert!(!verify(&password, Some("not a hash".into())).await.expect("verifies"));
    }

    #[tokio::test]
    async fn says_what_to_do_about_easy_passwords() {
        let about = ["Sari Wulandari", "sari@nusantara-retail.test", "Nusantara Retail"];
        let code = async |text: &str| check_new(&Password::new(text), "password", &about).await.expect("checks").map_err(|error| error.code);
        assert_eq!(code("short").await, Err("too_short".into()));
        assert_eq!(code("qwertyuiop12").await, Err("too_easy".into()));
        assert_eq!(code("sariwulandari").await, Err("too_easy".into()));
        assert_eq!(code("nusantara-retail").await, Err("too_easy".into()));
        assert_eq!(code("seven green umbrellas").await, Ok(()));
    }
}
