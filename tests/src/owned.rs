//! A process that ends with its owner.

use std::fs;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A process and everything it started, which end when this is dropped.
///
/// They stay in the process group of the tests, so that whatever ends the tests as a whole ends them too.
#[derive(Debug)]
pub struct Owned(Child);

impl Owned {
    /// Starts `command`.
    pub fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        Ok(Self(
            command
                .spawn()
                .with_context(|| format!("cannot start {program}"))?,
        ))
    }

    /// The process itself, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut family = vec![self.0.id()];
        add_descendants(&mut family);
        let numbers = family.iter().map(ToString::to_string);
        let _gone_already = Command::new("kill")
            .arg("-KILL")
            .args(numbers)
            .stderr(Stdio::null())
            .status();
        let _reaped = self.0.wait();
    }
}

/// Adds the children of those in `family`, and theirs, as long as the kernel knows whose they are.
fn add_descendants(family: &mut Vec<u32>) {
    let parents = parents();
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        let children = parents
            .iter()
            .filter(|(_, of)| *of == parent)
            .map(|(child, _)| *child);
        family.extend(children);
        next += 1;
    }
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    names
        .filter_map(|name| name.to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, parent_of(pid)?)))
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name, which stands in brackets and may hold anything: state, parent.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
