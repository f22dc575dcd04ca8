//! Store receipt: how a store's receipts are made up, beside one that shows it while it is typed.
//! May use: session, component, i18n, shared::receipt. Never: storage, network; how a receipt looks, which is one component.

use super::picture::{PictureChoice, PictureField};
use super::store_fields::StoreForm;
use crate::component::{Choose, Field, ReceiptPaper, Switch};
use crate::i18n::t;
use crate::session::{Manage, Trouble, choices};
use leptos::prelude::*;
use shared::approval::ApprovalKind;
use shared::calendar::LocalTime;
use shared::catalog::{Product, Unit};
use shared::customer::SaleCustomer;
use shared::ids::{
    DeviceId, LineId, ProductId, RegisterId, SaleId, StaffId, StoreId, TaxCategoryId, TenderId,
};
use shared::money::{Quantity, Rate, Rounding, UnitPrice};
use shared::picture::{name_in, path_of};
use shared::receipt::receipt;
use shared::sale::{
    Approved, Cart, CartLine, Discount, DiscountAmount, Finish, PriceRules, Sale, SaleKind, finish, price,
};
use shared::store::{NumberCode, ReceiptTemplate, Store};
use shared::tax::{TaxCategory, TaxPeriod, TaxRate};
use shared::tender::{Tender, TenderKind, settle};
use uuid::Uuid;

/// Stands in the preview for a picture that has no name yet.
const NEW_PICTURE: &str = "new";

/// What is typed about receipts.
#[derive(Clone, Copy)]
pub struct ReceiptTyped {
    logo: PictureChoice,
    header: RwSignal<String>,
    cashier: RwSignal<bool>,
    customer: RwSignal<bool>,
    savings: RwSignal<bool>,
    tax_table: RwSignal<bool>,
    approvals: RwSignal<bool>,
    code: RwSignal<String>,
    language: RwSignal<String>,
    second_language: RwSignal<String>,
}

impl ReceiptTyped {
    /// As a store has it.
    pub fn of(template: &ReceiptTemplate) -> Self {
        let language = |language: &Option<String>| RwSignal::new(language.clone().unwrap_or_default());
        Self {
            logo: PictureChoice::of(template.logo.as_deref().map(path_of).as_deref()),
            header: RwSignal::new(template.header.join("\n")),
            cashier: RwSignal::new(template.cashier),
            customer: RwSignal::new(template.customer),
            savings: RwSignal::new(template.savings),
            tax_table: RwSignal::new(template.tax_table),
            approvals: RwSignal::new(template.approvals),
            code: RwSignal::new(word(template.code).to_owned()),
            language: language(&template.language),
            second_language: language(&template.second_language),
        }
    }

    /// Reads it; the picture is the one of the server's that is shown, if it is one.
    pub fn read(self) -> ReceiptTemplate {
        let language = |signal: RwSignal<String>| Some(signal.get()).filter(|text| !text.is_empty());
        let rows = self.header.get();
        let rows = rows.lines().map(str::trim).filter(|row| !row.is_empty());
        ReceiptTemplate {
            logo: self.logo.path().as_deref().and_then(name_in).map(str::to_owned),
            header: rows.map(str::to_owned).collect(),
            cashier: self.cashier.get(),
            customer: self.customer.get(),
            savings: self.savings.get(),
            tax_table: self.tax_table.get(),
            approvals: self.approvals.get(),
            code: match self.code.get().as_str() {
                "qr" => NumberCode::Qr,
                "none" => NumberCode::None,
                _ => NumberCode::Barcode,
            },
            language: language(self.language),
            second_language: language(self.second_language),
        }
    }

    /// The name of the picture, which is handed in where it is new.
    ///
    /// # Errors
    /// Where it was not taken.
    pub async fn settled_logo(self, manage: Manage) -> Result<Option<String>, Trouble> {
        let path = self.logo.settled(manage).await?;
        Ok(path.as_deref().and_then(name_in).map(str::to_owned))
    }
}

const fn word(code: NumberCode) -> &'static str {
    match code {
        NumberCode::Barcode => "barcode",
        NumberCode::Qr => "qr",
        NumberCode::None => "none",
    }
}

/// The fields, and the receipt they make.
#[component]
pub fn ReceiptFields(
    /// What is typed about the store.
    store: StoreForm,
) -> AnyView {
    let typed = store.receipt;
    let codes = vec![
        ("barcode".to_owned(), t!("manage.store.receipt.barcode").to_owned()),
        ("qr".to_owned(), t!("manage.store.receipt.qr").to_owned()),
        ("none".to_owned(), t!("manage.store.receipt.no_code").to_owned()),
    ];
    view! {
        <section class="card padded receipt-fields" aria-labelledby="receipt-heading">
            <div class="fields">
                <h2 id="receipt-heading">{t!("manage.store.receipt")}</h2>
                <PictureField choice=typed.logo label=t!("manage.store.receipt.logo") hint=t!("manage.store.receipt.logo.hint") />
                <Field name="receipt.header" label=t!("manage.store.receipt.header") value=typed.header rows=3 optional=true
                    hint=t!("manage.store.receipt.header.hint") />
                <Field name="store.receipt_footer" label=t!("manage.store.footer") value=store.footer rows=3 optional=true />
                <div class="pair">
                    <Choose name="receipt.language" label=t!("manage.store.receipt.language") value=typed.language
                        options=Signal::stored(choices::languages()) none=t!("manage.store.receipt.language.store") />
                    <Choose name="receipt.second_language" label=t!("manage.store.receipt.second") value=typed.second_language
                        options=Signal::stored(choices::languages()) none=t!("manage.store.receipt.second.none") />
                </div>
                <Choose name="receipt.code" label=t!("manage.store.receipt.code") value=typed.code options=Signal::stored(codes) />
                <Switch label=t!("manage.store.receipt.cashier") value=typed.cashier />
                <Switch label=t!("manage.store.receipt.customer") value=typed.customer />
                <Switch label=t!("manage.store.receipt.savings") value=typed.savings />
                <Switch label=t!("manage.store.receipt.approvals") value=typed.approvals
                    hint=t!("manage.store.receipt.approvals.hint") />
                <Switch label=t!("manage.store.receipt.taxes") value=typed.tax_table hint=t!("manage.store.receipt.taxes.hint") />
            </div>
            <Preview store />
        </section>
    }
    .into_any()
}

/// A receipt of the store as it is typed now; of before while something in the form cannot be.
#[component]
fn Preview(store: StoreForm) -> AnyView {
    let now = Memo::new(move |before: Option<&Option<Store>>| {
        let read = store.gather().ok().map(|settings| settings.with_id(StoreId(Uuid::nil())));
        read.or_else(|| before.cloned().flatten())
    });
    let paper = move || {
        let mut store_now = now.get()?;
        let new = store.receipt.logo.new_address();
        if new.is_some() {
            store_now.receipt.logo = Some(NEW_PICTURE.to_owned());
        }
        let sale = sample_sale(&store_now)?;
        Some(view! { <ReceiptPaper receipt=receipt(&sale, &store_now, false) logo=new /> })
    };
    view! {
        <div class="receipt-preview" role="group" aria-label=t!("manage.store.receipt.preview")>
            <p class="sm muted">{t!("manage.store.receipt.preview")}</p>
            {paper}
        </div>
    }
    .into_any()
}

/// A sale that was never made, priced as the store prices.
fn sample_sale(store: &Store) -> Option<Sale> {
    let mut cart = Cart::new(SaleId(Uuid::nil()));
    let goods = [
        (t!("manage.store.receipt.sample.tea"), 45_000, 2_000),
        (t!("manage.store.receipt.sample.pot"), 245_000, 1_000),
    ];
    for (number, (name, price, quantity)) in (1..).zip(goods) {
        let line = LineId(Uuid::from_u128(number));
        let product = a_product(number, name, UnitPrice(price));
        cart.lines.push(CartLine::of(&product, line, Quantity(quantity), None, 0).ok()?);
    }
    let tenth = DiscountAmount::Percent(Rate::parse_percent("10").ok()?);
    cart.lines.first_mut()?.discount = Some(Discount { amount: tenth, reason: None });
    let name = Some(t!("manage.store.receipt.sample.customer").to_owned());
    cart.customer = SaleCustomer { name, ..SaleCustomer::default() };
    let time = LocalTime { at_ms: 1_764_327_600_000, offset_minutes: 0 };
    let rate = TaxRate {
        name: t!("manage.store.receipt.sample.tax").to_owned(),
        rate: Rate::parse_percent("20").ok()?,
        ..TaxRate::default()
    };
    let taxes = [TaxCategory {
        id: TaxCategoryId(Uuid::nil()),
        name: String::new(),
        periods: vec![TaxPeriod { from: time.day(), rates: vec![rate] }],
    }];
    let rules =
        PriceRules { currency: store.currency, tax: store.tax, tax_categories: &taxes, day: time.day() };
    let priced = price(&cart, &rules).ok()?;
    let note = UnitPrice(500_000);
    let given = note.times(Quantity::ONE, store.currency.digits(), Rounding::HalfAwayFromZero).ok()?;
    let tenders = vec![Tender { id: TenderId(Uuid::nil()), kind: TenderKind::Cash, amount: given, of: None }];
    let settlement = settle(priced.total, &tenders, store.cash_rounding).ok()?;
    let with = Finish {
        kind: SaleKind::Sale,
        receipt_number: "A1-000042".to_owned(),
        store_id: store.id,
        register_id: RegisterId(Uuid::nil()),
        device_id: DeviceId(Uuid::nil()),
        staff_id: StaffId(Uuid::nil()),
        staff_name: t!("manage.store.receipt.sample.cashier").to_owned(),
        time,
        currency: store.currency,
        tax_settings: store.tax,
        tenders,
        settlement,
    };
    let mut sale = finish(&cart, &priced, with);
    let staff_name = t!("manage.store.receipt.sample.manager").to_owned();
    sale.approved = vec![Approved { kind: ApprovalKind::LineDiscount, staff_name }];
    Some(sale)
}

fn a_product(number: u128, name: &str, price: UnitPrice) -> Product {
    Product {
        id: ProductId(Uuid::from_u128(number)),
        parent_id: None,
        sku: String::new(),
        name: name.to_owned(),
        options: Vec::new(),
        barcodes: Vec::new(),
        category_id: None,
        unit: Unit::Piece,
        tax_category_id: TaxCategoryId(Uuid::nil()),
        price: Some(price),
        picture: None,
        stocked: false,
        active: true,
        favourite: false,
    }
}
