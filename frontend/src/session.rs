//! Session: what the screens show and do, as signals around shared types.
//! Lives here: the till (this tablet as a place to sell) and, beside it, the views' own state.
//! May use: device_store, sync, device_key, peripheral, api_client, clock, shared rules. Never: markup, a rule about money.
//! Invariant: a page needs nothing but this room; it never reaches past it to storage or network.

mod address;
mod app_update;
mod cart;
mod manage;
mod paying;
mod pin;
mod returns;
mod room;
#[cfg(test)]
mod sample;
mod scans;
#[cfg(test)]
mod story;
mod till;

pub use crate::clock::{local_time, mint, now_ms, pause};
pub use crate::device_store::{HeldCart, Place, StoreError};
pub use address::{Address, queried, use_address};
pub use cart::{OpenCart, full_name, use_open_cart};
pub use manage::{
    Access, Live, Loaded, Manage, NewPicture, Paged, PictureFault, ToLookAt, Trouble, VersionedProduct,
    choices, compare, typed, use_manage,
};
pub use paying::{PayProblem, Paying, use_paying};
pub use returns::{BackSoFar, ReceiptError};
pub use scans::{Camera, CameraError, Scans, camera_is_here, sound_warning, use_scans};
pub use till::{PairError, Phase, RecordError, SignInError, StorageUse, Till, use_till};

#[cfg(test)]
pub use sample::product as sample_product;
