//! Helpers for the tests that run the whole of Hearth from outside.
