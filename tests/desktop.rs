//! The desktop window, driven from outside.
