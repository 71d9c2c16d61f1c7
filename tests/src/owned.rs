//! A process that ends with its owner.

use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A process and everything it started: they form a process group, which is ended when this is dropped.
#[derive(Debug)]
pub struct Owned(Child);

impl Owned {
    /// Starts `command` as the head of a new process group.
    pub fn start(command: &mut Command) -> Result<Self> {
        use std::os::unix::process::CommandExt;
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        Ok(Self(child))
    }

    /// The process itself, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // The group outlives its head when the head is gone already, hence the command and not `Child::kill`.
        let group = format!("-{}", self.0.id());
        let _gone_already = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _reaped = self.0.wait();
    }
}
