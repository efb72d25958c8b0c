//! Rules of the search: which parameters are signed.

mod add;
mod omit;
mod protocol;
mod reading;
mod repeat;
mod text;

pub(super) use add::ROWS as ADDED;
pub(super) use omit::ROWS as OMITTED;
pub(super) use protocol::ROWS as PROTOCOL;
pub(super) use reading::ROWS as READING;
pub(super) use repeat::ROWS as REPEATED;
pub(super) use text::ROWS as TEXT;
