//! Tests that look at the house as a whole: one binary, one module a subject.

mod arrows;
