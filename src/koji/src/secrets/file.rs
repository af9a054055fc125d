//! The file: `koji/credentials` in the user's data directory, JSON, readable by its owner only.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use koji_config::environment;

use super::Account;
use crate::error::{CommandError, Result};

/// Hubs, their users, the users' passwords.
type Kept = BTreeMap<String, BTreeMap<String, String>>;

pub fn path() -> Option<PathBuf> {
    Some(environment::data_dir()?.join("koji/credentials"))
}

pub fn find(account: Account<'_>) -> Result<Option<String>> {
    let Some(path) = path() else { return Ok(None) };
    Ok(read(&path)?.get(account.server).and_then(|users| users.get(account.user)).cloned())
}

/// Keeps the password; the file.
pub fn keep(account: Account<'_>, password: &str) -> Result<PathBuf> {
    let path = path().ok_or_else(|| CommandError::new("there is no home directory to keep a password in"))?;
    let mut kept = read(&path)?;
    kept.entry(account.server.to_owned()).or_default().insert(account.user.to_owned(), password.to_owned());
    write(&path, &kept)?;
    Ok(path)
}

pub fn forget(account: Account<'_>) -> Result<bool> {
    let Some(path) = path() else { return Ok(false) };
    let mut kept = read(&path)?;
    let Some(users) = kept.get_mut(account.server) else { return Ok(false) };
    let there = users.remove(account.user).is_some();
    kept.retain(|_, users| !users.is_empty());
    if there {
        write(&path, &kept)?;
    }
    Ok(there)
}

/// A file that others can read is not used: the passwords in it are no secret.
fn read(path: &Path) -> Result<Kept> {
    let failed =
        |why: String| CommandError::new(format!("cannot read the passwords in {}: {why}", path.display()));
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Kept::new()),
        Err(e) => return Err(failed(e.to_string())),
    };
    if metadata.mode() & 0o077 != 0 {
        return Err(failed("others can read it".into())
            .with_remedy(format!("chmod 600 {}, and change the passwords that are in it", path.display())));
    }
    let text = fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| failed(e.to_string()))
}

fn write(path: &Path, kept: &Kept) -> Result {
    let failed = |e: std::io::Error| CommandError::new(format!("cannot write {}: {e}", path.display()));
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(failed)?;
    let text = serde_json::to_string_pretty(kept).map_err(|e| CommandError::new(e.to_string()))?;
    let temporary = dir.join(format!(".credentials.{}", std::process::id()));
    let written =
        fs::File::options().write(true).create_new(true).mode(0o600).open(&temporary).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, path)
        });
    if written.is_err() {
        fs::remove_file(&temporary).ok();
    }
    written.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_written_is_read_back_by_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("koji/credentials");
        assert_eq!(read(&path).unwrap(), Kept::new());
        let kept: Kept =
            [("https://h/kojihub".to_owned(), [("alice".to_owned(), "p\"w\n".to_owned())].into())].into();
        write(&path, &kept).unwrap();
        assert_eq!(read(&path).unwrap(), kept);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap_err().message.contains("others can read it"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "nonsense").unwrap();
        assert!(read(&path).is_err());
    }
}
