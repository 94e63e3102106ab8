//! The installation's own key, and what is sealed with it: XChaCha20-Poly1305 with a random nonce in front.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::{Aead, Payload}};
use sha2::{Digest, Sha256};
use rand::{RngCore, TryRngCore, rngs::OsRng};
use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path};

const NONCE: usize = 24;

#[derive(Clone)]
pub struct Secrets {
    cipher: XChaCha20Poly1305,
    fingerprint: String,
}

/// What was sealed cannot be opened: another key, another context, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was sealed cannot be opened with this installation's key")]
pub struct NotOurs;

impl Secrets {
    pub fn from_key(key: [u8; 32]) -> Self {
        // Of 256 random bits, which nobody finds again from their hash.
        let hash = Sha256::new().chain_update("service-hub key").chain_update(key).finalize();
        Self { cipher: XChaCha20Poly1305::new(&key.into()), fingerprint: URL_SAFE_NO_PAD.encode(&hash[..12]) }
    }

    /// Reads `<data>/secret.key`, or makes it at first start, readable by its owner only. It gets its name when it is whole, so
    /// that neither a process that is killed amid it nor a second one on the folder finds half a key.
    pub fn in_folder(data: &Path) -> io::Result<Self> {
        let path = data.join("secret.key");
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(data)?;
                make(data, &path)?;
                fs::read(&path)?
            }
            read => read?,
        };
        let key = bytes.try_into().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("{} is not 32 bytes", path.display())))?;
        Ok(Self::from_key(key))
    }

    /// Tells this key from others and nothing of it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// `context` names what is sealed, so that one thing's seal does not open as another's.
    pub fn seal(&self, plain: &[u8], context: &str) -> Vec<u8> {
        let nonce: [u8; NONCE] = random_bytes();
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context.as_bytes() })
            .expect("texts are far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    pub fn open(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>, NotOurs> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(NotOurs)?;
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: rest, aad: context.as_bytes() }).map_err(|_| NotOurs)
    }
}

/// Of several that make one at once, the first to name it wins.
fn make(data: &Path, path: &Path) -> io::Result<()> {
    let draft = data.join(format!("secret.key.{}", hex::encode(random_bytes::<8>())));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let named = io::Write::write_all(&mut file, &random_bytes::<32>()).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    match named {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => removed,
        named => named.and(removed),
    }
}

/// From the operating system's generator.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.unwrap_err().fill_bytes(&mut bytes);
    bytes
}

/// 256 bits as 43 characters that need no escaping in URLs, cookies and mails.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_that_start_at_once_find_one_whole_key() {
        let data = std::env::temp_dir().join(format!("hub-secrets-{}", std::process::id()));
        let prints: Vec<String> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| Secrets::in_folder(&data).expect("a whole key").fingerprint().to_owned())).collect();
            starts.into_iter().map(|start| start.join().expect("no panic")).collect()
        });
        assert!(prints.iter().all(|print| *print == prints[0]), "{prints:?}");
        let files: Vec<_> = fs::read_dir(&data).expect("made").map(|entry| entry.expect("readable").file_name()).collect();
        assert_eq!(files, ["secret.key"], "drafts are gone");
        fs::remove_dir_all(&data).expect("ours");
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let secrets = Secrets::from_key([7; 32]);
        let sealed = secrets.seal(b"pass word", "instance:1");
        assert_eq!(secrets.open(&sealed, "instance:1").as_deref(), Ok(&b"pass word"[..]));
        assert_eq!(secrets.open(&sealed, "instance:2"), Err(NotOurs));
        assert_eq!(Secrets::from_key([8; 32]).open(&sealed, "instance:1"), Err(NotOurs));
        assert_eq!(secrets.open(&sealed[..10], "instance:1"), Err(NotOurs));
    }
}
