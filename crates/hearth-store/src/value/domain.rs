//! Conversions between stored values and the domain's own types. Ids and names are stored as their text,
//! times as milliseconds UTC.
