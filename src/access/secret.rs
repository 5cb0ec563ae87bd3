//! Secrets that this server makes itself and keeps in its data directory, readable by its user alone.
//!
//! A file holds 32 random bytes as 64 hex digits, so that it can be mounted as a `…_FILE` on another machine.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SecureRandom;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::Auth;

/// Name of the file with the secret of tokens.
pub(crate) const TOKEN_SECRET_FILE: &str = "token.secret";
/// Random bytes of a secret.
const SECRET_BYTES: usize = 32;
/// What the mode of a secret file may hold: reading and writing by its owner.
const ALLOWED_MODE: u32 = 0o600;

/// Why a secret file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// The file system refuses.
    #[error("cannot {action} '{}': {reason}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// Others could have read or changed it.
    #[error("'{}' has mode {mode:o}, which lets others use it; run: chmod 600 '{}'", path.display(), path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It holds something else.
    #[error(
        "'{}' does not hold 64 hex digits; restore it, or delete it to have a new one made (what the old one \
         signed is then refused)",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// No randomness.
    #[error("the system gives no random bytes, so no secret can be made")]
    NoRandomness,
}

/// The secret that tokens are signed with: the configured one, else the one in the data directory.
///
/// The configuration refuses a bind that other machines reach without a secret, so the second case is a loopback.
///
/// # Errors
/// See [`load_or_create`].
pub(crate) fn token_secret(
    auth: &Auth,
    data_dir: &Path,
    random: &dyn SecureRandom,
) -> Result<SecretString, SecretError> {
    match &auth.hs256_secret {
        Some(secret) => Ok(secret.clone()),
        None => load_or_create(data_dir, TOKEN_SECRET_FILE, random),
    }
}

/// Reads the secret `name` of a directory; where there is none, makes one, for this and every later start.
///
/// Two processes that start at once end up with the same secret.
///
/// # Errors
/// The file cannot be read or written, is open to others, or holds something else.
pub(crate) fn load_or_create(
    directory: &Path,
    name: &str,
    random: &dyn SecureRandom,
) -> Result<SecretString, SecretError> {
    let path = directory.join(name);
    if let Some(secret) = load(&path)? {
        return Ok(secret);
    }
    create(directory, &path, random)?;
    load(&path)?.ok_or(SecretError::Damaged { path })
}

fn load(path: &Path) -> Result<Option<SecretString>, SecretError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let metadata = file.metadata().map_err(failed("read", path))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & !ALLOWED_MODE != 0 {
        return Err(SecretError::TooOpen { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    let limit = 2 * u64::try_from(SECRET_BYTES).unwrap_or_default() + 2;
    let read = file.take(limit).read_to_string(&mut text);
    match read {
        Ok(_) if is_secret(text.trim_end()) => Ok(Some(SecretString::from(text.trim_end()))),
        Ok(_) => Err(SecretError::Damaged { path: path.to_owned() }),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(SecretError::Damaged { path: path.to_owned() })
        }
        Err(error) => Err(failed("read", path)(error)),
    }
}

fn is_secret(text: &str) -> bool {
    text.len() == 2 * SECRET_BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Writes a whole file beside the target, brings it to disk, and only then gives it its name.
fn create(directory: &Path, path: &Path, random: &dyn SecureRandom) -> Result<(), SecretError> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed("create", directory))?;
    let secret = SecretString::from(random_hex::<SECRET_BYTES>(random)?);
    let draft = path.with_extension(format!("{}.new", random_hex::<8>(random)?));
    let written = write_draft(&draft, &secret).and_then(|()| publish(&draft, path));
    // After a rename there is no draft left to remove.
    let _ = fs::remove_file(&draft);
    written.map_err(failed("create", path))?;
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed("sync", directory))
}

fn write_draft(draft: &Path, secret: &SecretString) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(ALLOWED_MODE).open(draft)?;
    file.write_all(secret.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Gives the draft its name unless another process was faster: a link never replaces a file, as a rename would.
fn publish(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        // Some file systems know no links.
        Err(_) => fs::rename(draft, path),
    }
}

fn random_hex<const BYTES: usize>(random: &dyn SecureRandom) -> Result<String, SecretError> {
    let mut bytes = [0; BYTES];
    random.fill(&mut bytes).map_err(|_| SecretError::NoRandomness)?;
    Ok(hex::encode(bytes))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SecretError {
    let path = path.to_owned();
    move |reason| SecretError::Io { action, path, reason }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    fn make(directory: &Path) -> Result<String, SecretError> {
        load_or_create(directory, TOKEN_SECRET_FILE, &SystemRandom::new())
            .map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_made_once_and_kept_for_its_owner_alone() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("data");

        let first = make(&directory).unwrap();
        let second = make(&directory).unwrap();

        let mode = fs::metadata(directory.join(TOKEN_SECRET_FILE)).unwrap().permissions().mode();
        let names: Vec<_> =
            fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(first, second);
        assert_eq!(first.len(), 64);
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(names, [TOKEN_SECRET_FILE]);
    }

    #[test]
    fn two_directories_have_two_secrets() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());

        assert_ne!(make(one.path()).unwrap(), make(other.path()).unwrap());
    }

    #[test]
    fn processes_that_start_at_once_get_the_same_secret() {
        let directory = tempfile::tempdir().unwrap();

        let secrets: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| make(directory.path()).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });

        assert!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_command_that_helps() {
        let directory = tempfile::tempdir().unwrap();
        make(directory.path()).unwrap();
        let path = directory.path().join(TOKEN_SECRET_FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();

        let message = make(directory.path()).unwrap_err().to_string();

        let path = path.display();
        assert_eq!(
            message,
            format!("'{path}' has mode 640, which lets others use it; run: chmod 600 '{path}'")
        );
    }

    #[test]
    fn a_damaged_file_is_refused_and_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(TOKEN_SECRET_FILE);
        for content in [&b""[..], b"short", b"\xff\xfe", &[b'a'; 65], &[b'a'; 4096]] {
            let _ = fs::remove_file(&path);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();

            let error = make(directory.path()).unwrap_err();

            assert!(matches!(error, SecretError::Damaged { .. }), "{error}");
            assert_eq!(fs::read(&path).unwrap(), content);
        }
    }

    #[test]
    fn a_configured_secret_leaves_the_directory_alone() {
        let directory = tempfile::tempdir().unwrap();
        let auth = Auth {
            hs256_secret: Some(SecretString::from("configured")),
            issuer: String::new(),
            audience: String::new(),
            roles_claim: String::new(),
            services_claim: String::new(),
        };

        let secret = token_secret(&auth, directory.path(), &SystemRandom::new()).unwrap();

        assert_eq!(secret.expose_secret(), "configured");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
