//! The records that commands print, declared once. Names, types and meaning of what comes from the hub are the hub's; times named
//! `..._ts` are seconds since 1970, those named `..._time` are text in UTC.

mod builds;
mod here;
mod hub;
mod tags;
mod tasks;

use super::record::Kind::{Any, Bool, Int, List, Number, Object, Of, Text};
use super::record::{Field, Kind, Record, has, may, opt};
pub use builds::*;
pub use here::*;
pub use hub::*;
pub use tags::*;
pub use tasks::*;

const fn record(about: &'static str, fields: &'static [Field]) -> Record {
    Record { about, fields }
}

const TEXTS: Kind = List(&Text);
