//! The owner's API: behind the console's door only; from anywhere else these paths do not exist.

pub(crate) mod peers;
pub(crate) mod setup_link;
pub(crate) mod status;
pub(crate) mod switches;
