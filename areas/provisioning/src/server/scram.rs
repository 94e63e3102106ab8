//! Passwords and what PostgreSQL checks them against: SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677) in the form that
//! `CREATE ROLE .. PASSWORD` takes, so that neither the server's log nor our tables hold a password.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// RFC 7677's minimum and PostgreSQL's default. Our passwords carry 190 bits, so more rounds add nothing.
const ROUNDS: u32 = 4096;
const PASSWORD_LENGTH: usize = 32;
/// Letters and digits only: nothing to escape in a connection's address, and SASLprep leaves it as it is.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A new password.
pub fn new_password() -> String {
    let mut password = String::with_capacity(PASSWORD_LENGTH);
    while password.len() < PASSWORD_LENGTH {
        for byte in platform::secrets::random_bytes::<64>() {
            // Bytes past the last whole multiple of 62 would favour the first letters.
            if byte < 248 && password.len() < PASSWORD_LENGTH {
                password.push(ALPHABET[usize::from(byte) % ALPHABET.len()] as char);
            }
        }
    }
    password
}

/// `SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>` with a fresh salt.
pub fn verifier(password: &str) -> String {
    verifier_with(password, &platform::secrets::random_bytes::<16>(), ROUNDS)
}

fn verifier_with(password: &str, salt: &[u8], rounds: u32) -> String {
    let salted = salted_password(password, salt, rounds);
    let stored_key = Sha256::digest(hmac(&salted, b"Client Key"));
    let server_key = hmac(&salted, b"Server Key");
    format!("SCRAM-SHA-256${rounds}:{}${}:{}", STANDARD.encode(salt), STANDARD.encode(stored_key), STANDARD.encode(server_key))
}

/// PBKDF2 with HMAC-SHA-256 and one block of output, RFC 5802's `Hi`.
fn salted_password(password: &str, salt: &[u8], rounds: u32) -> [u8; 32] {
    let key = Hmac::<Sha256>::new_from_slice(password.as_bytes()).expect("HMAC takes keys of any length");
    let mut first = key.clone();
    first.update(salt);
    first.update(&1_u32.to_be_bytes());
    let mut block: [u8; 32] = first.finalize().into_bytes().into();
    let mut sum = block;
    for _ in 1..rounds {
        let mut next = key.clone();
        next.update(&block);
        block = next.finalize().into_bytes().into();
        for (left, right) in sum.iter_mut().zip(block) {
            *left ^= right;
        }
    }
    sum
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_the_exchange_of_rfc_7677() {
        // Section 3: user `user`, password `pencil`.
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("base64");
        let salted = salted_password("pencil", &salt, 4096);
        let exchange = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
                        r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
                        c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server_key = hmac(&salted, b"Server Key");
        assert_eq!(STANDARD.encode(hmac(&server_key, exchange.as_bytes())), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn verifiers_have_postgresqls_form_and_their_own_salt() {
        let (one, other) = (verifier("pencil"), verifier("pencil"));
        assert_ne!(one, other);
        assert!(one.starts_with("SCRAM-SHA-256$4096:"));
        assert!(!one.contains('\''));
    }

    #[test]
    fn passwords_are_long_and_need_no_escaping() {
        let password = new_password();
        assert_eq!(password.len(), 32);
        assert!(password.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(password, new_password());
    }
}
