//! Shop: what the language says, done by the shared rules.

use crate::read::after;
use shared::calendar::{Day, LocalTime};
use shared::catalog::{Product, Unit};
use shared::ids::{
    CategoryId, CustomerGroupId, DeviceId, LineId, PriceListId, ProductId, PromotionId, RegisterId, SaleId,
    StaffId, StoreId, TaxCategoryId, TenderId,
};
use shared::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use shared::pricing::*;
use shared::receipt::{ReceiptRow, receipt};
use shared::sale::{
    Cart, CartLine, Discount, DiscountAmount, Finish, PriceRules, PricedCart, Sale, SaleKind, finish,
    price_offered,
};
use shared::store::{CashRounding, Store};
use shared::tax::{RoundedPer, TaxCategory, TaxPeriod, TaxRate, TaxSettings};
use shared::tender::{Standing, Tender, TenderKind, settle, standing};
use uuid::Uuid;

const WHEN: [&str; 16] = [
    "priority",
    "group",
    "from",
    "to",
    "days",
    "hours",
    "with-others",
    "only-one",
    "coupon",
    "uses",
    "minimum",
    "most",
    "on",
    "not",
    ":",
    ",",
];

pub struct Shop {
    pub case: String,
    pub cases: usize,
    currency: Currency,
    tax: TaxSettings,
    coins: CashRounding,
    tax_categories: Vec<TaxCategory>,
    products: Vec<Product>,
    /// Names of groups of goods and of customers; their ids are their places.
    names: Vec<String>,
    lists: Vec<PriceList>,
    promotions: Vec<Promotion>,
    cart: Cart,
    group: Option<CustomerGroupId>,
    time: LocalTime,
    next: u128,
}

type Heard = Result<(), String>;

impl Shop {
    pub fn new(name: &str) -> Self {
        Self {
            case: name.to_owned(),
            cases: 0,
            currency: Currency::parse("GBP").unwrap(),
            tax: TaxSettings { prices_include_tax: true, ..TaxSettings::default() },
            coins: CashRounding::default(),
            tax_categories: Vec::new(),
            products: Vec::new(),
            names: Vec::new(),
            lists: Vec::new(),
            promotions: Vec::new(),
            cart: Cart::new(SaleId(Uuid::nil())),
            group: None,
            time: LocalTime { at_ms: 0, offset_minutes: 0 },
            next: 1,
        }
    }

    pub fn hear(&mut self, words: &[String]) -> Heard {
        let Some((verb, rest)) = words.split_first() else { return Ok(()) };
        let word = |at: usize| rest.get(at).map_or("", String::as_str);
        match verb.as_str() {
            "shop" => self.open(rest),
            "product" => self.shelve(rest),
            "list" => self.list(rest),
            "promotion" => self.promote(rest),
            "case" => self.begin(&rest.join(" ")),
            "at" => self.time = at(word(0), word(1)),
            "group" => self.group = Some(CustomerGroupId(self.id(word(0)))),
            "scan" => self.scan(word(0), if word(1).is_empty() { "1" } else { word(1) }, 1),
            "add" => self.own_line(word(0), word(1)),
            "return" => self.scan(word(0), word(1), -1),
            "remove" => drop(self.cart.remove(self.line(word(0))).unwrap()),
            "price" => {
                self.cart.set_price(self.line(word(0)), Some(UnitPrice::parse(word(1)).unwrap())).unwrap()
            }
            "coupon" => self.cart.add_coupon(word(0)).unwrap(),
            "discount" if word(1).is_empty() => self.cart.set_discount(Some(self.discount(word(0)))).unwrap(),
            "discount" => {
                self.cart.set_line_discount(self.line(word(0)), Some(self.discount(word(1)))).unwrap();
            }
            "tender" => self.tender(word(0), word(1)),
            _ => return self.must_be(verb, rest),
        }
        Ok(())
    }

    fn id(&mut self, name: &str) -> Uuid {
        let at = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        Uuid::from_u128(1_000 + at as u128)
    }

    fn fresh(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    fn open(&mut self, words: &[String]) {
        self.currency = Currency::parse(&words[0]).unwrap();
        let rate = TaxRate::of("VAT".into(), Rate::parse_percent(&words[2]).unwrap());
        let period = TaxPeriod { from: Day::from_number(0), rates: vec![rate] };
        let id = TaxCategoryId(Uuid::nil());
        self.tax_categories = vec![TaxCategory { id, name: "Standard".into(), periods: vec![period] }];
        self.tax.prices_include_tax = words[1] == "inside";
        if words.ends_with(&["per".to_owned(), "sale".to_owned()]) {
            self.tax.rounded = RoundedPer::Sale;
        }
        if let Some(coins) = after(words, "coins", &[]) {
            self.coins.step_minor = coins[0].parse().unwrap();
        }
    }

    fn shelve(&mut self, words: &[String]) {
        let measured = words.last().is_some_and(|word| word == "kg");
        let category = words.get(2).filter(|word| *word != "kg").cloned();
        let product = Product {
            id: ProductId(self.fresh()),
            parent_id: None,
            sku: words[0].clone(),
            name: words[0].clone(),
            options: vec![],
            barcodes: vec![],
            category_id: category.map(|name| CategoryId(self.id(&name))),
            unit: if measured { Unit::Kilogram } else { Unit::Piece },
            tax_category_id: TaxCategoryId(Uuid::nil()),
            price: Some(UnitPrice::parse(&words[1]).unwrap()),
            picture: None,
            stocked: true,
            active: true,
            favourite: false,
        };
        self.products.push(product);
    }

    fn product(&self, name: &str) -> &Product {
        self.products
            .iter()
            .find(|product| product.name == name)
            .unwrap_or_else(|| panic!("no product {name}"))
    }

    fn applies(&mut self, words: &[String]) -> Applies {
        let of = |key: &str| after(words, key, &WHEN).map(<[String]>::to_vec);
        let day = |words: Vec<String>| Day::parse(&words[0]).unwrap();
        let hours = of("hours").map(|hours| (minute(&hours[0]), minute(&hours[1])));
        Applies {
            stores: vec![],
            groups: of("group").map_or(vec![], |names| vec![CustomerGroupId(self.id(&names[0]))]),
            from: of("from").map(day),
            to: of("to").map(day),
            weekdays: of("days").map_or(vec![], |days| days.iter().map(|day| day.parse().unwrap()).collect()),
            from_minute: hours.map(|hours| hours.0),
            to_minute: hours.map(|hours| hours.1),
            paused: false,
        }
    }

    fn list(&mut self, words: &[String]) {
        let colon = words.iter().position(|word| word == ":").unwrap();
        let prices = words[colon + 1..].split(|word| word == ",").map(|row| ListedPrice {
            product_id: self.product(&row[0]).id,
            from: after(row, "from", &[]).map_or(Quantity::ZERO, |from| Quantity::parse(&from[0]).unwrap()),
            price: UnitPrice::parse(row.last().unwrap()).unwrap(),
        });
        let prices = prices.collect();
        let list = PriceList {
            id: PriceListId(self.fresh()),
            name: words[0].clone(),
            priority: number(&words[..colon], "priority"),
            currency: self.currency,
            applies: self.applies(&words[..colon]),
            prices,
        };
        self.lists.push(list);
    }

    fn promote(&mut self, words: &[String]) {
        let colon = words.iter().position(|word| word == ":").unwrap();
        let (head, offer) = (&words[..colon], &words[colon + 1..]);
        let has = |word: &str| head.iter().any(|known| known == word);
        let coupon = after(head, "coupon", &WHEN).map(|code| Coupon {
            code: code[0].clone(),
            most_uses: after(head, "uses", &WHEN).map(|uses| uses[2].parse().unwrap()),
            uses: after(head, "uses", &WHEN).map_or(0, |uses| uses[0].parse().unwrap()),
        });
        let stacking = match (has("with-others"), has("only-one")) {
            (true, _) => Stacking::WithOthers,
            (_, true) => Stacking::OnlyOne,
            _ => Stacking::Alone,
        };
        let mut goods = self.goods(after(head, "on", &WHEN).unwrap_or_default());
        goods.without =
            after(head, "not", &WHEN).unwrap_or_default().iter().map(|name| self.product(name).id).collect();
        let promotion = Promotion {
            id: PromotionId(self.fresh()),
            name: words[0].clone(),
            priority: number(head, "priority"),
            stacking,
            currency: Some(self.currency),
            applies: self.applies(head),
            coupon,
            goods,
            minimum: after(head, "minimum", &WHEN).map(|amount| self.amount(&amount[0])),
            most_times: after(head, "most", &WHEN).map(|most| most[0].parse().unwrap()),
            offer: self.offer(offer),
        };
        self.promotions.push(promotion);
    }

    fn goods(&mut self, names: &[String]) -> Goods {
        let mut goods = Goods::default();
        for name in names {
            match self.products.iter().find(|product| product.name == *name) {
                Some(product) => goods.products.push(product.id),
                None => goods.categories.push(CategoryId(self.id(name))),
            }
        }
        goods
    }

    fn offer(&mut self, words: &[String]) -> Offer {
        let percent = |text: &str| Rate::parse_percent(text.trim_end_matches('%')).unwrap();
        match words[0].as_str() {
            "percent" => Offer::Percent(percent(&words[1])),
            "each" => Offer::EachOff(UnitPrice::parse(&words[1]).unwrap()),
            "amount" => Offer::AmountOff(self.amount(&words[1])),
            "buy" => Offer::BuyGet(BuyGet {
                buy: words[1].parse().unwrap(),
                get: words[3].parse().unwrap(),
                off: after(words, "off", &["of"]).map_or(Rate(1_000_000), |off| percent(&off[0])),
                gifts: after(words, "of", &[]).map(|names| self.goods(names)),
            }),
            "bundle" => {
                let end = words.iter().position(|word| word == "for").unwrap();
                let parts = words[1..end].chunks(2).map(|pair| BundlePart {
                    count: pair[0].parse().unwrap(),
                    goods: self.goods(&pair[1..]),
                });
                let parts = parts.collect();
                Offer::Bundle(Bundle { parts, price: self.amount(&words[end + 1]) })
            }
            "tiers" | "tiers-amount" => {
                let by = if words[0] == "tiers" { TierBy::Quantity } else { TierBy::Amount };
                let step = |pair: &[String]| Tier {
                    from: match by {
                        TierBy::Quantity => Quantity::parse(&pair[0]).unwrap().0,
                        TierBy::Amount => self.amount(&pair[0]).0,
                    },
                    off: percent(&pair[1]),
                };
                Offer::Tiers(Tiers { by, steps: words[1..].chunks(2).map(step).collect() })
            }
            count => {
                assert_eq!(words[1], "for", "no offer: {words:?}");
                Offer::ForPrice(ForPrice { count: count.parse().unwrap(), price: self.amount(&words[2]) })
            }
        }
    }

    fn begin(&mut self, name: &str) {
        self.case = name.to_owned();
        self.cases += 1;
        self.cart = Cart::new(SaleId(Uuid::nil()));
        self.group = None;
        self.time = at("2026-11-26", "15:00");
    }

    fn scan(&mut self, name: &str, quantity: &str, sign: i64) {
        let quantity = Quantity(Quantity::parse(quantity).unwrap().0 * sign);
        let id = LineId(self.fresh());
        let line = CartLine::of(self.product(name), id, quantity, None, 0).unwrap();
        self.cart.add(line).unwrap();
    }

    fn own_line(&mut self, name: &str, quantity: &str) {
        let (id, quantity) = (LineId(self.fresh()), Quantity::parse(quantity).unwrap());
        let line = CartLine::of(self.product(name), id, quantity, None, 0).unwrap();
        self.cart.lines.push(line);
    }

    fn place(&self, name: &str) -> usize {
        let mut lines = self.cart.lines.iter();
        lines.position(|line| line.name == name).unwrap_or_else(|| panic!("no line {name}"))
    }

    fn line(&self, name: &str) -> LineId {
        self.cart.lines[self.place(name)].id
    }

    fn amount(&self, text: &str) -> Minor {
        Minor::parse(text, self.currency).unwrap()
    }

    fn discount(&self, text: &str) -> Discount {
        let amount = match text.strip_suffix('%') {
            Some(percent) => DiscountAmount::Percent(Rate::parse_percent(percent).unwrap()),
            None => DiscountAmount::Amount(self.amount(text)),
        };
        Discount { amount, reason: None }
    }

    fn tender(&mut self, kind: &str, amount: &str) {
        let kind = match kind {
            "cash" => TenderKind::Cash,
            _ => TenderKind::Card { reference: "T-1".into(), last_four: None },
        };
        self.cart.tenders.push(Tender::plain(TenderId(Uuid::nil()), kind, self.amount(amount)));
    }

    fn offered(&self, cart: &Cart) -> Offered {
        let occasion = Occasion {
            store_id: StoreId(Uuid::nil()),
            currency: self.currency,
            tax: self.tax,
            group_id: self.group,
            time: self.time,
            price_lists: &self.lists,
            promotions: &self.promotions,
        };
        offered(cart, &occasion).unwrap()
    }

    fn priced(&self, cart: &Cart) -> PricedCart {
        let rules = PriceRules {
            currency: self.currency,
            tax: self.tax,
            tax_categories: &self.tax_categories,
            day: self.time.day(),
        };
        price_offered(cart, &rules, self.offered(cart)).unwrap()
    }

    fn must_be(&mut self, verb: &str, words: &[String]) -> Heard {
        let priced = self.priced(&self.cart);
        let mut turned = self.cart.clone();
        turned.lines.reverse();
        if self.priced(&turned).total != priced.total {
            return Err("another order of the lines has another total".to_owned());
        }
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let money = |amount: Minor| amount.to_decimal(self.currency);
        let line = || &priced.lines[self.place(word(0))];
        match verb {
            "total" => same(word(0), &money(priced.total)),
            "net" => same(word(0), &money(priced.net)),
            "tax" => same(word(0), &money(priced.tax)),
            "saved" => same(word(0), &money(priced.savings)),
            "due" => match standing(priced.total, &self.cart.tenders, self.coins).unwrap() {
                Standing::Open { in_cash, .. } => same(word(0), &money(in_cash)),
                other => Err(format!("{other:?}")),
            },
            "change" => self.finish(&priced, word(0)),
            "printed" => self.printed(&priced, word(0)),
            "line" => same(word(1), &money(line().amount)),
            "unit" => {
                same(word(1), &line().unit_price.to_decimal(self.currency))?;
                same(word(2), line().price_list.as_ref().map_or("", |list| &list.name))
            }
            "why" if word(1) == "nothing" => same("0", &line().promotions.len().to_string()),
            "why" => {
                let part = line().promotions.iter().find(|part| part.name == word(1));
                same(word(2), &part.map_or("nothing".to_owned(), |part| money(part.off)))
            }
            "near" => self.near(word(0), &words[1..].join(" ")),
            "refused" => self.refused(word(0), word(1)),
            _ => Err(format!("no such word: {verb}")),
        }
    }

    /// A row of the receipt, as far as its words go.
    fn printed(&self, priced: &PricedCart, text: &str) -> Heard {
        let store = Store {
            id: StoreId(Uuid::nil()),
            name: "Shop".into(),
            address: vec![],
            country: "GB".into(),
            currency: self.currency,
            time_zone: "Europe/London".into(),
            language: "en".into(),
            tax: self.tax,
            cash_rounding: self.coins,
            tax_number: None,
            receipt_footer: None,
            receipt: shared::store::ReceiptTemplate::default(),
            shift_needed: false,
            in_store_codes: Vec::new(),
            approval: Default::default(),
            lock_after_minutes: shared::store::LOCK_AFTER_MINUTES,
            giving: shared::store::GivingRules::default(),
            points: None,
            known_days: shared::sale::KNOWN_DAYS,
        };
        let rows = receipt(&self.fact(priced)?, &store, false).rows;
        let details: Vec<String> = rows
            .into_iter()
            .filter_map(|row| match row {
                ReceiptRow::Detail { text } => Some(text),
                _ => None,
            })
            .collect();
        if details.iter().any(|row| row == text) { Ok(()) } else { Err(format!("{details:?}")) }
    }

    /// Paid and made a fact, which adds up.
    fn finish(&self, priced: &PricedCart, change: &str) -> Heard {
        let sale = self.fact(priced)?;
        sale.check().map_err(|fault| fault.to_string())?;
        same(change, &sale.change.to_decimal(self.currency))
    }

    fn fact(&self, priced: &PricedCart) -> Result<Sale, String> {
        let settlement = settle(priced.total, &self.cart.tenders, self.coins).map_err(|e| e.to_string())?;
        let with = Finish {
            kind: SaleKind::Sale,
            receipt_number: "A-1".into(),
            store_id: StoreId(Uuid::nil()),
            register_id: RegisterId(Uuid::nil()),
            device_id: DeviceId(Uuid::nil()),
            staff_id: StaffId(Uuid::nil()),
            staff_name: "Amara O.".into(),
            time: self.time,
            currency: self.currency,
            tax_settings: self.tax,
            tenders: self.cart.tenders.clone(),
            settlement,
        };
        Ok(finish(&self.cart, priced, with))
    }

    fn near(&self, name: &str, wanted: &str) -> Heard {
        let offered = self.offered(&self.cart);
        if name == "nothing" {
            return same("[]", &format!("{:?}", offered.near));
        }
        let found = offered.near.iter().find(|miss| miss.name == name).map(|miss| match miss.missing {
            Missing::Pieces(more) => format!("{more} more"),
            Missing::Quantity(more) => format!("{} more", Quantity(more).to_decimal()),
            Missing::Amount(more) => format!("{} amount", more.to_decimal(self.currency)),
            Missing::Taken => "taken".to_owned(),
        });
        same(wanted, &found.unwrap_or_default())
    }

    fn refused(&self, code: &str, wanted: &str) -> Heard {
        let offered = self.offered(&self.cart);
        let found = offered.coupons.iter().find(|(known, _)| known == code).map(|(_, fault)| match fault {
            CouponFault::Unknown => "unknown",
            CouponFault::NotNow => "not-now",
            CouponFault::NotHere => "not-here",
            CouponFault::UsedUp => "used-up",
            CouponFault::NoGoods => "no-goods",
            CouponFault::Missing(_) => "missing",
        });
        same(wanted, found.unwrap_or("taken"))
    }
}

fn same(wanted: &str, found: &str) -> Heard {
    if wanted == found { Ok(()) } else { Err(format!("wanted {wanted}, found {found}")) }
}

fn number(words: &[String], key: &str) -> i64 {
    after(words, key, &WHEN).map_or(0, |number| number[0].parse().unwrap())
}

fn minute(text: &str) -> u16 {
    let (hour, minute) = text.split_once(':').unwrap();
    hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
}

fn at(day: &str, time: &str) -> LocalTime {
    let ms = Day::parse(day).unwrap().number() * 86_400_000 + i64::from(minute(time)) * 60_000;
    LocalTime { at_ms: ms, offset_minutes: 0 }
}
