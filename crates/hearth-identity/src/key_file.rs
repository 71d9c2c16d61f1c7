//! Files that hold keys: read only when nobody else can, replaced so that a power cut leaves the old or the new.

mod error;

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub use error::KeyFileError;

/// The largest file that is read, in bytes. Key files and certificate chains are a few kilobytes.
const MAX_LEN: u64 = 256 * 1024;

/// Whose file it is, which decides how strictly it is judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Owner {
    /// Another program's (an ACME client's, say): links are followed, permissions are its business.
    Foreign,
    /// Ours, and secret: a regular file that no other account can touch.
    Private,
    /// Ours, for anyone to read.
    Public,
}

/// Reads a file whole, or `None` if there is none. The bytes are wiped when dropped.
pub(crate) fn read(path: &Path, owner: Owner) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
    let Some(seen) = look(path, owner)? else {
        return Ok(None);
    };
    // Looked at before opening, because opening a pipe would wait for its other end.
    if !seen.is_file() {
        return Err(KeyFileError::NotAFile {
            path: path.to_owned(),
        });
    }
    let file = File::open(path).map_err(KeyFileError::io("read", path))?;
    let opened = file.metadata().map_err(KeyFileError::io("read", path))?;
    if !is_same_file(&seen, &opened) {
        return Err(KeyFileError::NotAFile {
            path: path.to_owned(),
        });
    }
    if owner == Owner::Private {
        check_mode(path, &opened)?;
    }
    read_whole(path, &file, opened.len()).map(Some)
}

/// Replaces a file's content, or makes it, in one step: after a power cut there is the old or the new, whole.
pub(crate) fn write(path: &Path, bytes: &[u8], owner: Owner) -> Result<(), KeyFileError> {
    if look(path, owner)?.is_some_and(|seen| !seen.is_file()) {
        return Err(KeyFileError::NotAFile {
            path: path.to_owned(),
        });
    }
    let (folder, fresh) = fresh_name(path)?;
    let written = write_fresh(&fresh, bytes, owner).and_then(|()| fs::rename(&fresh, path));
    if let Err(source) = written {
        // The reason for the failure matters more than that of a failed tidying up.
        let _ = fs::remove_file(&fresh);
        return Err(KeyFileError::Io {
            action: "write",
            path: path.to_owned(),
            source,
        });
    }
    sync_folder(&folder).map_err(KeyFileError::io("write", path))
}

/// Makes a folder that only this account can enter, unless there is one already.
pub(crate) fn make_folder(path: &Path) -> Result<(), KeyFileError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    set_folder_mode(&mut builder, 0o700);
    builder.create(path).map_err(KeyFileError::io("create", path))
}

/// Whether others than this account can read the file, for a warning about other programs' files.
pub(crate) fn is_readable_by_all(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| mode(&metadata) & 0o004 != 0)
}

/// The file's metadata (a link's own, unless links are followed), or `None` if there is nothing.
fn look(path: &Path, owner: Owner) -> Result<Option<Metadata>, KeyFileError> {
    let metadata = if owner == Owner::Foreign {
        fs::metadata(path)
    } else {
        fs::symlink_metadata(path)
    };
    match metadata {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyFileError::io("read", path)(error)),
    }
}

fn read_whole(path: &Path, file: &File, len: u64) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let too_large = || KeyFileError::TooLarge {
        path: path.to_owned(),
    };
    if len > MAX_LEN {
        return Err(too_large());
    }
    // Room to spare keeps the vector from growing, which would leave a copy behind in freed memory.
    let capacity = usize::try_from(len).map_err(|_| too_large())? + 64;
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    file.take(MAX_LEN + 1)
        .read_to_end(&mut bytes)
        .map_err(KeyFileError::io("read", path))?;
    if bytes.len() as u64 > MAX_LEN {
        Err(too_large())
    } else {
        Ok(bytes)
    }
}

/// The folder of `path` and the name of the file beside it that becomes it.
fn fresh_name(path: &Path) -> Result<(PathBuf, PathBuf), KeyFileError> {
    let name = path.file_name().ok_or_else(|| KeyFileError::NotAFile {
        path: path.to_owned(),
    })?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut fresh = name.to_owned();
    fresh.push(".new");
    Ok((folder.clone(), folder.join(fresh)))
}

fn write_fresh(fresh: &Path, bytes: &[u8], owner: Owner) -> io::Result<()> {
    // A leftover of a run that was killed; creating anew never follows a link that somebody put there.
    match fs::remove_file(fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    set_mode(&mut options, if owner == Owner::Public { 0o644 } else { 0o600 });
    let mut file = options.open(fresh)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn check_mode(path: &Path, metadata: &Metadata) -> Result<(), KeyFileError> {
    let mode = mode(metadata);
    if mode & 0o077 != 0 {
        return Err(KeyFileError::TooOpen {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, mode: u32) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(mode);
}

#[cfg(unix)]
fn set_folder_mode(builder: &mut DirBuilder, mode: u32) {
    use std::os::unix::fs::DirBuilderExt as _;
    builder.mode(mode);
}

#[cfg(unix)]
fn is_same_file(seen: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (seen.dev(), seen.ino()) == (opened.dev(), opened.ino())
}

/// A rename is on disk only once the folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

// Elsewhere the folder of the account is private by its access list, and renames are journalled.

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0o600
}

#[cfg(not(unix))]
fn set_mode(_: &mut OpenOptions, _: u32) {}

#[cfg(not(unix))]
fn set_folder_mode(_: &mut DirBuilder, _: u32) {}

#[cfg(not(unix))]
fn is_same_file(_: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_written_is_read_and_closed_to_others() {
        let folder = folder();
        let path = folder.path().join("keys");
        assert!(read(&path, Owner::Private).unwrap().is_none());
        write(&path, b"one", Owner::Private).unwrap();
        write(&path, b"two", Owner::Private).unwrap();
        assert_eq!(read(&path, Owner::Private).unwrap().unwrap().as_slice(), b"two");
        assert_eq!(mode(&fs::metadata(&path).unwrap()), 0o600);
        let names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["keys"], "nothing is left beside it");
    }

    #[test]
    fn looser_modes_are_refused_with_the_command_that_helps() {
        let folder = folder();
        let path = folder.path().join("keys");
        write(&path, b"secret", Owner::Private).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o777] {
            chmod(&path, mode);
            let error = read(&path, Owner::Private).unwrap_err();
            assert!(
                matches!(error, KeyFileError::TooOpen { mode: seen, .. } if seen == mode),
                "{error}"
            );
            assert!(error.to_string().contains("chmod 600"), "{error}");
            assert!(read(&path, Owner::Foreign).unwrap().is_some());
        }
        chmod(&path, 0o400);
        assert!(read(&path, Owner::Private).unwrap().is_some());
    }

    #[test]
    fn only_regular_files_are_read_or_replaced() {
        let folder = folder();
        let real = folder.path().join("real");
        write(&real, b"secret", Owner::Private).unwrap();
        let (link, socket) = (folder.path().join("link"), folder.path().join("socket"));
        symlink(&real, &link).unwrap();
        let _listener = UnixListener::bind(&socket).unwrap();
        for path in [folder.path(), &link, &socket] {
            assert!(matches!(
                read(path, Owner::Private),
                Err(KeyFileError::NotAFile { .. })
            ));
            assert!(matches!(
                write(path, b"x", Owner::Private),
                Err(KeyFileError::NotAFile { .. })
            ));
        }
        // Other programs' files may be links: this is how ACME clients point to the newest certificate.
        assert_eq!(
            read(&link, Owner::Foreign).unwrap().unwrap().as_slice(),
            b"secret"
        );
    }

    #[test]
    fn a_leftover_link_is_not_written_through() {
        let folder = folder();
        let (path, victim) = (folder.path().join("keys"), folder.path().join("victim"));
        fs::write(&victim, b"untouched").unwrap();
        symlink(&victim, folder.path().join("keys.new")).unwrap();
        write(&path, b"secret", Owner::Private).unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"untouched");
        assert_eq!(
            read(&path, Owner::Private).unwrap().unwrap().as_slice(),
            b"secret"
        );
    }

    #[test]
    fn a_failed_write_keeps_the_old_file() {
        let folder = folder();
        let path = folder.path().join("keys");
        write(&path, b"old", Owner::Private).unwrap();
        // A folder in the way of the new file cannot be replaced by it.
        fs::create_dir(folder.path().join("keys.new")).unwrap();
        assert!(matches!(
            write(&path, b"new", Owner::Private),
            Err(KeyFileError::Io { .. })
        ));
        assert_eq!(read(&path, Owner::Private).unwrap().unwrap().as_slice(), b"old");
        let gone = folder.path().join("no-such-folder").join("keys");
        assert!(matches!(
            write(&gone, b"new", Owner::Private),
            Err(KeyFileError::Io { .. })
        ));
    }

    #[test]
    fn huge_files_are_refused() {
        let folder = folder();
        let path = folder.path().join("keys");
        write(&path, &[], Owner::Private).unwrap();
        OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(MAX_LEN + 1)
            .unwrap();
        assert!(matches!(
            read(&path, Owner::Private),
            Err(KeyFileError::TooLarge { .. })
        ));
    }
}
