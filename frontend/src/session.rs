//! Session: what the screens show and do, as signals around shared types.
//! Lives here: the till (this tablet as a place to sell) and, beside it, its printers, its scales and the views' own state.
//! May use: device_store, sync, device_key, peripheral, api_client, clock, shared rules. Never: markup, a rule about money.
//! Invariant: a page needs nothing but this room; it never reaches past it to storage or network.

mod address;
mod app_update;
mod approving;
mod cabled;
mod cart;
mod charging;
mod customers;
mod display;
mod far_displays;
mod idle_lock;
mod layaway;
mod manage;
mod paying;
mod pin;
mod points;
mod price;
mod printers;
mod record;
mod returns;
mod room;
#[cfg(test)]
mod sample;
mod scales;
mod scans;
mod shift;
#[cfg(test)]
mod story;
mod till;

pub use crate::clock::{as_field, idle, local_time, mint, now_ms, of_field, pause, whole};
pub use crate::device_store::{HeldCart, Place, StoreError};
pub use crate::peripheral::cabled_scanner::Wire;
pub use address::{Address, queried, use_address};
pub use cabled::{Cabled, KnownScanner, use_cabled};
pub use cart::{OpenCart, full_name, use_open_cart};
pub use charging::{Charges, use_charges};
pub use customers::{KnownCustomer, find_customers};
pub use display::{CustomerDisplay, use_display};
pub use layaway::OnLayaway;
pub use manage::{
    Access, ImportWishes, Live, Loaded, Manage, NewPicture, Paged, PictureFault, Rule, ToLookAt, Trouble,
    Versioned, VersionedMapping, VersionedProduct, choices, compare, typed, use_manage,
};
pub use paying::{PayProblem, Paying, use_paying};
pub use printers::{Connection, KnownPrinter, PortError, Printers, Standing, Standings, use_printers};
pub use returns::{BackSoFar, ReceiptError};
pub use room::reload;
pub use scales::{KnownScale, Scales, use_scales};
pub use scans::{Camera, CameraError, Scan, Scans, Told, camera_is_here, sound_warning, use_scans};
pub use shift::ClosedShift;
pub use till::{PairError, Phase, RecordError, SignInError, StorageUse, Till, use_till};

#[cfg(test)]
pub use sample::product as sample_product;
