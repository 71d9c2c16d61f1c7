//! The store from outside: what every engine must do, and what `SQLite` must survive.

mod conformance;
mod crash;
mod disk_full;
mod group_commit;
mod old_files;
mod opening;
mod support;
mod threads;
