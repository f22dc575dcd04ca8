//! Api: requests and responses of our own HTTP API, as both sides read them.
//! Lives here: `…Request` and `…Response`, errors, paging.
//! May use: every domain room. Never: HTTP itself.
//! Invariant: a change here is a visible change of the OpenAPI document.

mod customers;
mod displays;
mod layaways;
mod printers;

pub use customers::{
    AccountMoved, AccountResponse, AccountRow, BoughtIn, CustomerChange, CustomerColumn,
    CustomerImportReport, CustomerPoints, CustomerStory, Doubles, EarnedIn, ImportColumn, ImportStep,
    ImportedCustomer, MergeRequest,
};
pub use displays::{DisplayPairRequest, DisplayResponse, PairedDisplay, ShowRequest};
pub use layaways::LayawayRow;
pub use printers::{
    OutcomeRequest, PrinterLook, PrinterLookRequest, PrintoutRequest, PrintoutResponse, PrintoutState,
    StorePrinter,
};

use crate::approval::{ApprovalRules, ApprovalState, ApprovalSubject};
use crate::calendar::Day;
use crate::catalog::{Category, Product};
use crate::ids::{
    CategoryId, DeviceId, EntryId, OrganisationId, PriceListId, RegisterId, SaleId, ShiftId, StaffId,
    StoreId, TenderTypeId,
};
use crate::money::{Currency, Minor, Quantity};
use crate::pricing::Applies;
use crate::register::Register;
use crate::sale::{LineReturned, ReturnFault, Sale, SaleKind};
use crate::shift::{DayClosing, ShiftClosing, ShiftOpening};
use crate::staff::{Permission, Role};
use crate::store::{Store, WrongSetting};
use crate::tax::TaxCategory;
use serde::{Deserialize, Serialize};

/// What every failed request answers. `message` says what happened, what was kept and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorResponse {
    /// A word programs can go by: `not_found`, `wrong_input`, `sign_in`, `forbidden`, `locked`, `conflict`, `server`.
    pub code: String,
    /// For a person.
    pub message: String,
    /// Which fields are wrong, if it was the input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<WrongSetting>,
    /// Try again after so many ms, if waiting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<i64>,
}

/// `GET /api/status`: what a browser must know before anyone has signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusResponse {
    /// Is there no organisation yet?
    pub setup_needed: bool,
    /// Is it a demo shop, with published passwords?
    pub demo: bool,
    /// Of the server.
    pub version: String,
}

/// `POST /api/setup`: the first organisation. Refused once there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetupRequest {
    /// The retailer's name.
    pub organisation_name: String,
    /// The owner.
    pub owner: NewPerson,
    /// The first store (its `id` is ignored; the server mints one).
    pub store: StoreSettings,
    /// The first tax category and its rate from now on, in percent as text ("20").
    pub standard_tax: StandardTax,
}

/// A store without its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreSettings {
    /// As in [`Store`].
    pub name: String,
    /// As in [`Store`].
    #[serde(default)]
    pub address: Vec<String>,
    /// As in [`Store`].
    pub country: String,
    /// As in [`Store`].
    pub currency: Currency,
    /// As in [`Store`].
    pub time_zone: String,
    /// As in [`Store`].
    pub language: String,
    /// As in [`Store`].
    pub tax: crate::tax::TaxSettings,
    /// As in [`Store`].
    #[serde(default)]
    pub cash_rounding: crate::store::CashRounding,
    /// As in [`Store`].
    #[serde(default)]
    pub tax_number: Option<String>,
    /// As in [`Store`].
    #[serde(default)]
    pub receipt_footer: Option<String>,
    /// As in [`Store`].
    #[serde(default)]
    pub receipt: crate::store::ReceiptTemplate,
    /// As in [`Store`].
    #[serde(default)]
    pub shift_needed: bool,
    /// As in [`Store`].
    #[serde(default)]
    pub in_store_codes: Vec<crate::barcode::InStorePattern>,
    /// As in [`Store`].
    #[serde(default)]
    pub approval: ApprovalRules,
    /// As in [`Store`].
    #[serde(default = "crate::store::lock_after_minutes")]
    pub lock_after_minutes: u16,
    /// As in [`Store`].
    #[serde(default)]
    pub giving: crate::store::GivingRules,
    /// As in [`Store`].
    #[serde(default)]
    pub points: Option<crate::points::PointsRules>,
    /// As in [`Store`].
    #[serde(default = "crate::sale::known_days")]
    pub known_days: u16,
}

impl StoreSettings {
    /// The store of this id.
    pub fn with_id(self, id: StoreId) -> Store {
        Store {
            id,
            name: self.name,
            address: self.address,
            country: self.country,
            currency: self.currency,
            time_zone: self.time_zone,
            language: self.language,
            tax: self.tax,
            cash_rounding: self.cash_rounding,
            tax_number: self.tax_number,
            receipt_footer: self.receipt_footer,
            receipt: self.receipt,
            shift_needed: self.shift_needed,
            in_store_codes: self.in_store_codes,
            approval: self.approval,
            lock_after_minutes: self.lock_after_minutes,
            giving: self.giving,
            points: self.points,
            known_days: self.known_days,
        }
    }
}

/// The tax category most products have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StandardTax {
    /// "VAT", "Sales tax": as on the receipt.
    pub name: String,
    /// Percent, as text: `20`, `8.875`.
    pub percent: String,
}

/// A person who signs in with a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewPerson {
    /// As shown.
    pub name: String,
    /// To sign in with.
    pub email: String,
    /// At least ten letters.
    pub password: String,
}

impl std::fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPerson").field("name", &self.name).finish_non_exhaustive()
    }
}

/// `POST /api/session`: sign in. Sets an HttpOnly cookie.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInRequest {
    /// E-mail.
    pub email: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for SignInRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInRequest(…)")
    }
}

/// `GET /api/session`, and the answer to signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionResponse {
    /// Who.
    pub staff_id: StaffId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Of which organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation_name: String,
}

/// `POST /api/pairing-codes`: a manager asks for a code to pair a tablet with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairingCodeRequest {
    /// At which register it will sell.
    pub register_id: RegisterId,
}

/// The code, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairingCodeResponse {
    /// Eight letters and digits without look-alikes, as `ABCD-2345`.
    pub code: String,
    /// Until when, epoch ms.
    pub expires_at_ms: i64,
}

/// `POST /api/pair`: the tablet's side. No session is needed; the code is the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairRequest {
    /// As shown to the manager; case, spaces and dashes do not matter.
    pub code: String,
    /// The device's P-256 public key: uncompressed point (65 bytes), base64.
    pub public_key: String,
    /// What the tablet calls itself.
    pub device_name: String,
}

/// What a tablet is, from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairResponse {
    /// Its id.
    pub device_id: DeviceId,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Where it sells.
    pub register: Register,
    /// In which store.
    pub store: Store,
    /// Begins every receipt number of this device; unique in the organisation.
    pub receipt_prefix: String,
}

/// `POST /api/device/challenge`: begins a device's sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChallengeRequest {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Who.
    pub device_id: DeviceId,
}

/// What to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChallengeResponse {
    /// Random, valid for a minute, once.
    pub challenge: String,
}

/// `POST /api/device/session`: proves the key. Sets an HttpOnly cookie for pull and events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceSessionRequest {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Who.
    pub device_id: DeviceId,
    /// As received.
    pub challenge: String,
    /// ECDSA P-256 with SHA-256 over the text of `challenge`: raw 64 bytes, base64.
    pub signature: String,
}

/// The device is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceSessionResponse {
    /// The last sequence the server holds of this device.
    pub last_sequence: u64,
    /// The hash of that entry.
    pub last_hash: String,
    /// The server's clock, epoch ms.
    pub server_time_ms: i64,
}

/// A paired tablet, as managers see it: `GET /api/devices`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceView {
    /// Its id.
    pub id: DeviceId,
    /// What it calls itself.
    pub name: String,
    /// Where it sells.
    pub register: Register,
    /// Since when, epoch ms.
    pub paired_at_ms: i64,
    /// Unpaired?
    pub revoked: bool,
    /// Last heard of, epoch ms.
    pub last_seen_ms: Option<i64>,
    /// The last sequence taken.
    pub last_sequence: u64,
    /// What it last said it still holds unsent.
    pub unsent: u64,
}

/// `POST /api/registers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewRegister {
    /// Where.
    pub store_id: StoreId,
    /// "Register 2".
    pub name: String,
}

/// `PUT /api/registers/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegisterRequest {
    /// "Till by the door".
    pub name: String,
}

/// A member of staff as managers see them: `GET /api/staff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaffView {
    /// Their id.
    pub id: StaffId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Still here?
    pub active: bool,
    /// Can they sign in with a password?
    pub email: Option<String>,
    /// Have they a PIN?
    pub has_pin: bool,
}

/// `POST /api/staff` and `PUT /api/staff/{id}`; a field left out stays as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaffRequest {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Role; nobody gives a role above their own.
    #[serde(default)]
    pub role: Option<Role>,
    /// Still here?
    #[serde(default)]
    pub active: Option<bool>,
    /// To sign in with a password.
    #[serde(default)]
    pub email: Option<String>,
    /// At least ten letters.
    #[serde(default)]
    pub password: Option<String>,
    /// Four to eight digits.
    #[serde(default)]
    pub pin: Option<String>,
}

impl std::fmt::Debug for StaffRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffRequest")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PageOf{T}"))]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Give this as `after` for the next page; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u64,
}

/// `GET /api/products?search=&after=&limit=`.
pub type ProductPage = Page<Product>;

/// `GET /api/catalog`: what a product form needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CatalogResponse {
    /// Groups.
    pub categories: Vec<Category>,
    /// For tax.
    pub tax_categories: Vec<TaxCategory>,
}

/// `POST /api/pictures`: a picture is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PictureResponse {
    /// What a product's `picture` says to have it.
    pub path: String,
    /// What it is, by its bytes: `image/png`, `image/jpeg` or `image/webp`.
    pub media_type: String,
    /// How large it is.
    pub bytes: u64,
}

/// `POST /api/categories`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CategoryRequest {
    /// As on the chip.
    pub name: String,
    /// Place among the chips.
    #[serde(default)]
    pub position: i64,
}

/// The data check of an import: `POST /api/products/import?dry_run=true|false`, and `tillbridge import products`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// Which columns were recognised: `tillbridge`, `shopify`, `woocommerce`.
    pub format: String,
    /// Rows read, without the header.
    pub rows: u64,
    /// Products that would be, or were, created.
    pub created: u64,
    /// Products that would be, or were, changed.
    pub changed: u64,
    /// Products already as in the file.
    pub unchanged: u64,
    /// Findings by kind, with how many rows and the first lines.
    pub findings: Vec<ImportFinding>,
    /// Was anything written? Nothing is when `findings` holds an error, or for a dry run.
    pub written: bool,
}

/// A kind of defect in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportFinding {
    /// `bad_check_digit`, `bad_length`, `duplicate_sku`, `duplicate_sku_in_case`, `duplicate_barcode`,
    /// `duplicate_after_zero_padding`, `missing_price`, `wrong_price`, `missing_tax_category`, `control_character`, `html_entity`,
    /// `undecodable_character`, `empty_name`, `long_name`, `wrong_unit`, `missing_column`, `wrong_row`, `picture_not_loaded`,
    /// `missing_picture`.
    pub kind: String,
    /// For a person: what is wrong and what would go wrong with it.
    pub message: String,
    /// Must it be mended before anything is imported?
    pub error: bool,
    /// How many rows.
    pub count: u64,
    /// The first of them.
    pub lines: Vec<ImportLine>,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportLine {
    /// Its line in the file, the header being 1.
    pub line: u64,
    /// What stands there.
    pub value: String,
}

/// A sale in a list: `GET /api/sales?search=&store=&day=&after=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SaleRow {
    /// Its id.
    pub id: SaleId,
    /// As printed.
    pub receipt_number: String,
    /// What it is.
    pub kind: SaleKind,
    /// On the shop's calendar and clock: `2010-11-25 08:20`.
    pub local_time: String,
    /// Where.
    pub register: String,
    /// By whom.
    pub staff_name: String,
    /// In what.
    pub currency: Currency,
    /// With tax.
    pub total: Minor,
    /// How many lines.
    pub lines: u64,
}

/// `GET /api/sales/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SaleResponse {
    /// The fact.
    pub sale: Sale,
    /// When the server took it, epoch ms.
    pub received_at_ms: i64,
    /// What was approved in it, or should have been.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ApprovalView>,
}

/// Something approved by PIN at a till, or that should have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApprovalView {
    /// Names it in a list.
    pub key: String,
    /// What the server made of it.
    pub state: ApprovalState,
    /// What was approved.
    pub subject: ApprovalSubject,
    /// What it is about: the line's name, the reason given for cash; empty for a whole sale.
    pub about: String,
    /// What it is worth: given up, given back or moved.
    pub worth: Minor,
    /// In what.
    pub currency: Currency,
    /// Who asked, or should have.
    pub asked_by: String,
    /// Who approved; nobody where it is missing.
    pub approved_by: Option<String>,
    /// When, by the shop's wall clock.
    pub local_time: String,
    /// At which register.
    pub register: String,
    /// In which sale; none of the drawer.
    pub sale_id: Option<SaleId>,
    /// That sale's number.
    pub receipt_number: Option<String>,
}

/// `GET /api/reports/today?store=&day=`: the manager's first page. Amounts are in the organisation's currency of the store(s) asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TodayResponse {
    /// The day shown, on the shop's calendar.
    pub day: Day,
    /// The same weekday a week before.
    pub compared_day: Day,
    /// Of the amounts.
    pub currency: Currency,
    /// The day's figures.
    pub figures: DayFigures,
    /// The same, a week before, up to the same minute of the day when `day` is today.
    pub compared: DayFigures,
    /// 24 rows.
    pub hours: Vec<HourFigures>,
    /// Most net sales first, ten at most.
    pub best_sellers: Vec<BestSeller>,
    /// Each store's net sales.
    pub stores: Vec<StoreFigures>,
    /// Tablets, those with unsent sales or long silent first.
    pub devices: Vec<DeviceView>,
    /// Records kept for a manager, and flags, to look at.
    pub kept: u64,
    /// When this was worked out, epoch ms.
    pub server_time_ms: i64,
}

/// A day in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayFigures {
    /// Sales less returns, without tax.
    pub net: Minor,
    /// Number of sales, returns not counted.
    pub sales: u64,
    /// Net of sales by their number.
    pub average: Minor,
    /// Number of returns.
    pub returns: u64,
    /// Net of returns, zero or below.
    pub returned: Minor,
}

/// An hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HourFigures {
    /// 0 to 23.
    pub hour: u8,
    /// Net sales.
    pub net: Minor,
    /// A week before, the whole hour.
    pub compared_net: Minor,
}

/// A product that sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BestSeller {
    /// Its name on the receipts.
    pub name: String,
    /// Its code.
    pub sku: String,
    /// How much went out.
    pub quantity: Quantity,
    /// For how much, without tax.
    pub net: Minor,
}

/// A store's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreFigures {
    /// Which.
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
    /// Net sales.
    pub net: Minor,
    /// A week before.
    pub compared_net: Minor,
}

/// A shift in a list: `GET /api/shifts?store=&after=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShiftRow {
    /// Its id.
    pub id: ShiftId,
    /// Where.
    pub store_id: StoreId,
    /// Name of the register.
    pub register: String,
    /// Name of the tablet.
    pub device: String,
    /// Its number on that tablet.
    pub number: u64,
    /// Of all amounts.
    pub currency: Currency,
    /// On the shop's calendar and clock: `2010-11-25 08:20`.
    pub opened: String,
    /// By whom.
    pub opened_by: String,
    /// When it was closed; none while it is open.
    pub closed: Option<String>,
    /// By whom.
    pub closed_by: Option<String>,
    /// What the books say should be in the drawer, in minor units.
    pub expected: Minor,
    /// What was counted.
    pub counted: Option<Minor>,
    /// Does the tablet's own report say the same as the books? They differ where a sale of the shift was kept for a manager,
    /// or booked after the close.
    pub agrees: bool,
}

/// `GET /api/shifts/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShiftResponse {
    /// In short.
    pub row: ShiftRow,
    /// How it was opened.
    pub opening: ShiftOpening,
    /// How it was closed; none while it is open.
    pub closing: Option<ShiftClosing>,
}

/// `GET /api/days?store=&before=`: a day of a store that has sales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayRow {
    /// Which.
    pub day: Day,
    /// Sales and returns.
    pub sales: u64,
    /// With tax, in the store's currency.
    pub total: Minor,
    /// Sales and returns that are in no close yet.
    pub open: u64,
    /// The close, and the supplements to it.
    pub closings: Vec<DayClosing>,
}

/// `POST /api/days`: closes a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CloseDayRequest {
    /// Of which store.
    pub store_id: StoreId,
    /// Which.
    pub day: Day,
}

/// A record kept whole because it could not be booked: `GET /api/kept`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptEntry {
    /// Which.
    pub id: EntryId,
    /// Of which tablet.
    pub device_id: DeviceId,
    /// Its place in the journal.
    pub sequence: u64,
    /// Why it is here.
    pub reason: String,
    /// When it came, epoch ms.
    pub received_at_ms: i64,
    /// The record, to the byte.
    pub content: String,
    /// Has a manager dealt with it?
    pub resolved: bool,
}

/// `GET /api/flags`: something in the books that a manager has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Flag {
    /// What is wrong, and with which line of which sale.
    #[serde(flatten)]
    pub key: FlagKey,
    /// That sale's number, where the sale is in the books.
    pub receipt_number: Option<String>,
    /// The line's name, where the sale is in the books.
    pub name: Option<String>,
    /// How much was sold, where the sale is in the books.
    pub sold: Option<Quantity>,
    /// How much came back.
    pub returned: Quantity,
    /// The numbers of the returns, newest first.
    pub returns: Vec<String>,
    /// The code that was used too often; of an approval, who gave it, or who did not ask for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When it was noticed, epoch ms.
    pub raised_at_ms: i64,
    /// Has a manager looked at it?
    pub resolved: bool,
}

/// `POST /api/flags`: a manager has looked at this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LookRequest {
    /// Which.
    #[serde(flatten)]
    pub key: FlagKey,
    /// As it was when it was noticed then, epoch ms: what came back since is looked at by itself.
    pub raised_at_ms: i64,
}

/// Which flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlagKey {
    /// What is wrong.
    pub kind: FlagKind,
    /// Which sale; of an approval at the drawer, the record's own id.
    pub sale_id: SaleId,
    /// Which line of it, from 1; 0 where it is about no line.
    pub line: u32,
}

/// What a flag is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// More came back than was sold.
    ReturnedTwice,
    /// More was given back than was paid.
    PaidTwice,
    /// The sale it goes back on is not in the books (yet).
    UnknownSale,
    /// A coupon was used more often than it may be, by tablets that did not know of each other's sales.
    CouponOver,
    /// More was taken from an account than was on it and may be owed.
    AccountOver,
    /// Something was done that needs an approval, without one.
    ApprovalMissing,
    /// An approval that no PIN of that person proves.
    ApprovalUnproven,
    /// An approval by somebody who may not give it.
    ApprovalNotAllowed,
    /// An approval that was used before.
    ApprovalReused,
}

impl FlagKind {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::ReturnedTwice,
        Self::PaidTwice,
        Self::UnknownSale,
        Self::CouponOver,
        Self::AccountOver,
        Self::ApprovalMissing,
        Self::ApprovalUnproven,
        Self::ApprovalNotAllowed,
        Self::ApprovalReused,
    ];

    /// What an approval in this state is flagged as; one that is sound is not.
    pub fn of_approval(state: ApprovalState) -> Option<Self> {
        match state {
            ApprovalState::Sound => None,
            ApprovalState::Missing => Some(Self::ApprovalMissing),
            ApprovalState::Unproven => Some(Self::ApprovalUnproven),
            ApprovalState::NotAllowed => Some(Self::ApprovalNotAllowed),
            ApprovalState::Reused => Some(Self::ApprovalReused),
        }
    }

    /// Is it about an approval?
    pub fn is_of_approval(self) -> bool {
        ApprovalState::ALL.into_iter().any(|state| Self::of_approval(state) == Some(self))
    }

    /// One word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReturnedTwice => ReturnFault::ReturnedTwice.word(),
            Self::PaidTwice => ReturnFault::PaidTwice.word(),
            Self::UnknownSale => ReturnFault::UnknownSale.word(),
            Self::CouponOver => "coupon_over",
            Self::AccountOver => "account_over",
            Self::ApprovalMissing => "approval_missing",
            Self::ApprovalUnproven => "approval_unproven",
            Self::ApprovalNotAllowed => "approval_not_allowed",
            Self::ApprovalReused => "approval_reused",
        }
    }
}

/// A price list among others, without its prices: `GET /api/price-lists`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceListSummary {
    /// Its id.
    pub id: PriceListId,
    /// As the reason of a price.
    pub name: String,
    /// Higher goes first.
    pub priority: i64,
    /// Of its prices.
    pub currency: Currency,
    /// Where, for whom and when.
    pub applies: Applies,
    /// How many prices it has.
    pub prices: u32,
}

/// `POST /api/tender-types/order`: all ways to pay in the order they are to have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TenderTypeOrder {
    /// Every one, once.
    pub ids: Vec<TenderTypeId>,
}

/// `GET /api/receipts`: a sale found by its number, and what has come back of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReceiptResponse {
    /// As it was recorded.
    pub sale: Sale,
    /// Lines of which something came back.
    pub returned: Vec<LineReturned>,
}

/// `POST /api/kept/{id}`: what a manager decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeptDecision {
    /// Book it as it is, if its numbers fit.
    Book,
    /// It is looked at and stays out of the books.
    SetAside,
}

/// `PUT /api/products/{id}` and `POST /api/products` take a [`Product`]; this names a category by text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
}

/// A wake-up over server-sent events (`GET /api/events` for managers, `GET /api/sync/events` for devices):
/// event name `changed`, data this as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedEvent {
    /// The server's clock, epoch ms.
    pub server_time_ms: i64,
}
