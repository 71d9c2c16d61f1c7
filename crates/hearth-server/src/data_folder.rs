//! The one folder that holds everything: `hearth.db`, `attachments/`, `tls/`, `logs/`, the setup link.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A data folder that exists and is ours alone.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder {
    root: PathBuf,
}

/// The folder cannot be made or used.
#[derive(Debug, Error)]
#[error("the data folder {} cannot be used", path.display())]
pub struct FolderError {
    /// The folder, or the one in it that failed.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl DataFolder {
    /// Makes the folder and those inside it as needed, readable by this user only. Blocks on the disk.
    pub(crate) fn open(root: &Path) -> Result<Self, FolderError> {
        let folder = Self {
            root: root.to_owned(),
        };
        for path in [
            folder.root.clone(),
            folder.attachments(),
            folder.tls(),
            folder.logs(),
        ] {
            make_private(&path).map_err(|source| FolderError { path, source })?;
        }
        let root = fs::canonicalize(root).map_err(|source| FolderError {
            path: root.to_owned(),
            source,
        })?;
        Ok(Self { root })
    }

    /// Whether a server has ever run in this folder.
    pub(crate) fn has_database(root: &Path) -> bool {
        root.join("hearth.db").exists()
    }

    /// The folder itself, where the store keeps its database.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Uploaded files.
    pub(crate) fn attachments(&self) -> PathBuf {
        self.root.join("attachments")
    }

    /// The certificate and its key.
    pub(crate) fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// Log files.
    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Secrets, when they are kept in a plain file.
    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Secrets, when they are sealed with a passphrase.
    pub(crate) fn sealed_keys(&self) -> PathBuf {
        self.root.join("keys.sealed")
    }

    /// The setup link while there is no owner.
    pub(crate) fn setup_link(&self) -> PathBuf {
        self.root.join("setup-link")
    }

    /// Where a health check proves that the disk takes writes.
    pub(crate) fn probe(&self) -> PathBuf {
        self.root.join("health-probe")
    }

    /// The owner's socket.
    pub(crate) fn console_socket(&self) -> PathBuf {
        Self::console_socket_in(&self.root)
    }

    /// The owner's socket of the server in another process.
    pub(crate) fn console_socket_in(root: &Path) -> PathBuf {
        root.join("console.sock")
    }
}

/// Writes a file that only this user can read, in place of an earlier one.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    // A file of its own, so that an earlier file's looser mode or a link planted in its place cannot matter.
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn everything_is_for_this_user_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&parent.path().join("a/b")).unwrap();
        for path in [
            folder.root().to_owned(),
            folder.attachments(),
            folder.tls(),
            folder.logs(),
        ] {
            assert_eq!(mode(&path), 0o700, "{}", path.display());
        }
    }

    #[test]
    fn a_private_file_replaces_a_looser_one() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("setup-link");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(
            (mode(&path), fs::read_to_string(&path).unwrap()),
            (0o600, "new".to_owned())
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_names_itself() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        let error = DataFolder::open(&file.join("data")).unwrap_err();
        assert!(error.to_string().contains("data"), "{error}");
    }
}
