//! Back: choosing what comes back of a sale, why, and in what state; then it is in the open cart.

use crate::component::Dialog;
use crate::i18n::{self, money, t};
use crate::page::sell::refusal;
use crate::session::{BackSoFar, OpenCart, Till, mint, now_ms, use_address, use_open_cart, use_till};
use leptos::prelude::*;
use shared::ids::{LineId, SaleId};
use shared::money::{Minor, Quantity};
use shared::sale::{
    Back, Cart, CartError, CartLine, Condition, Origin, Sale, SaleLine, paid_before, take_back,
};
use std::sync::Arc;

/// The longest reason, as a cart's other texts.
const LONGEST_REASON: &str = "80";

/// What is being chosen. It is `Copy`.
#[derive(Clone, Copy)]
struct Choice {
    till: Till,
    cart: OpenCart,
    sale: StoredValue<Arc<Sale>>,
    /// What had come back before.
    before: RwSignal<BackSoFar>,
    /// What comes back now.
    now: RwSignal<BackSoFar>,
    reason: RwSignal<String>,
    condition: RwSignal<Condition>,
    /// Is it known yet what this tablet has taken back?
    is_known: RwSignal<bool>,
}

impl Choice {
    fn of(sale: Arc<Sale>) -> Self {
        let (till, cart) = (use_till(), use_open_cart());
        // What is in the open cart already is chosen already, for its reason and in its state.
        let now = cart.with(|cart| chosen_in(cart, sale.id));
        let origin = cart.with(|cart| {
            let line = cart.lines.iter().find(|line| is_of(line, sale.id))?;
            Some(line.back.as_ref()?.origin.clone())
        });
        let choice = Self {
            till,
            cart,
            before: RwSignal::new(BackSoFar::new()),
            now: RwSignal::new(now),
            condition: RwSignal::new(origin.as_ref().map(|origin| origin.condition).unwrap_or_default()),
            reason: RwSignal::new(origin.and_then(|origin| origin.reason).unwrap_or_default()),
            is_known: RwSignal::new(false),
            sale: StoredValue::new(sale),
        };
        leptos::task::spawn_local(async move { choice.ask().await });
        choice
    }

    /// What this tablet knows is there at once; what the server knows as well takes its place when it answers.
    async fn ask(self) {
        let (id, number) = self.sale.with_value(|sale| (sale.id, sale.receipt_number.clone()));
        self.learn(self.till.returned_here(id).await.unwrap_or_default());
        if let Ok(Some((sale, back))) = self.till.receipt_of_shop(&number).await
            && sale.id == id
        {
            self.learn(back);
        }
    }

    fn learn(self, back: BackSoFar) {
        if self.before.is_disposed() {
            return;
        }
        self.before.set(back);
        self.is_known.set(true);
        self.now.update(|now| {
            for (line, quantity) in now {
                *quantity = (*quantity).min(untrack(|| self.left(*line)));
            }
        });
    }

    /// How much of a line can come back.
    fn left(self, line: u32) -> Quantity {
        let before = self.before.with(|before| before.get(&line).copied().unwrap_or_default());
        self.sale
            .with_value(|sale| line_of(sale, line).map(|line| line.returnable(before)).unwrap_or_default())
    }

    fn chosen(self, line: u32) -> Quantity {
        self.now.with(|now| now.get(&line).copied().unwrap_or_default())
    }

    fn choose(self, line: u32, quantity: Quantity) {
        let quantity = Quantity(quantity.0.clamp(0, untrack(|| self.left(line)).0));
        self.now.update(|now| {
            now.insert(line, quantity);
        });
    }

    fn choose_all(self) {
        for line in self.sale.with_value(|sale| places(sale)) {
            self.choose(line, untrack(|| self.left(line)));
        }
    }

    /// The cart lines that take back what is chosen.
    fn lines(self) -> Result<Vec<CartLine>, CartError> {
        let reason = Some(self.reason.get().trim().to_owned()).filter(|reason| !reason.is_empty());
        let condition = self.condition.get();
        let before = self.before.get();
        let line = |(place, quantity): (&u32, &Quantity)| {
            let back = Back {
                origin: self.sale.with_value(|sale| Origin::of(sale, *place, reason.clone(), condition)),
                returned: before.get(place).copied().unwrap_or_default(),
                quantity: *quantity,
            };
            let sold =
                self.sale.with_value(|sale| line_of(sale, *place).cloned()).ok_or(CartError::NoLine)?;
            take_back(&sold, LineId(mint()), back, now_ms())
        };
        self.now.with(|now| now.iter().filter(|(_, quantity)| !quantity.is_zero()).map(line).collect())
    }

    /// What is given back for it.
    fn amount(self) -> Option<Minor> {
        let lines = self.lines().ok()?;
        let cart = Cart { lines, ..Cart::new(SaleId(mint())) };
        self.till.price(&cart).ok()?.total.negated().ok()
    }

    /// Puts what is chosen into the open cart. What was there of the same sale stays as it is where its quantity does.
    fn put(self) -> Result<(), CartError> {
        let sale_id = self.sale.with_value(|sale| sale.id);
        let mut last = None;
        self.cart.change(|cart| {
            let before = chosen_in(cart, sale_id);
            let is_as_before = |line: u32| before.get(&line).copied() == Some(untrack(|| self.chosen(line)));
            let place = |line: &CartLine| line.back.as_ref().map(|back| back.origin.line);
            cart.lines.retain(|line| !is_of(line, sale_id) || place(line).is_some_and(is_as_before));
            for line in untrack(|| self.lines())? {
                if place(&line).is_none_or(|place| !is_as_before(place)) {
                    last = Some(cart.add(line)?);
                }
            }
            self.sale.with_value(|sale| {
                cart.note_paid(paid_before(sale));
                // It goes back to whoever bought it, where nobody else is named.
                if cart.customer.is_empty() && sale.customer.id.is_some() {
                    cart.set_customer(sale.customer.clone())?;
                }
                Ok::<(), CartError>(())
            })?;
            Ok(())
        })?;
        if last.is_some() {
            self.cart.select(last);
        }
        Ok(())
    }
}

fn is_of(line: &CartLine, sale_id: SaleId) -> bool {
    line.back.as_ref().is_some_and(|back| back.origin.sale_id == sale_id)
}

/// What comes back of a sale in a cart.
fn chosen_in(cart: &Cart, sale_id: SaleId) -> BackSoFar {
    let chosen = |line: &CartLine| {
        let back = line.back.as_ref()?;
        (back.origin.sale_id == sale_id)
            .then_some((back.origin.line, Quantity(line.quantity.0.saturating_neg())))
    };
    cart.lines.iter().filter_map(chosen).collect()
}

fn line_of(sale: &Sale, place: u32) -> Option<&SaleLine> {
    sale.lines.get(usize::try_from(place).ok()?.checked_sub(1)?)
}

/// The places of the lines that can come back at all.
fn places(sale: &Sale) -> Vec<u32> {
    let places = (1_u32..).zip(&sale.lines).filter(|(_, line)| can_come_back(line));
    places.map(|(place, _)| place).collect()
}

/// Could any of this line come back?
pub fn can_come_back(line: &SaleLine) -> bool {
    !line.returnable(Quantity::ZERO).is_zero()
}

/// What comes back of this sale?
#[component]
pub fn TakeBack(
    /// Which was sold.
    sale: Arc<Sale>,
    /// Closed, with or without a choice.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let address = use_address();
    let currency = sale.currency;
    let heading = t!("pay.back_of", number = sale.receipt_number);
    let choice = Choice::of(sale);
    let wrong = RwSignal::new(None::<String>);
    let amount = Memo::new(move |_| choice.amount());
    let is_none = move || {
        !choice.is_known.get() || choice.now.with(|now| now.values().all(|quantity| quantity.is_zero()))
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match choice.put() {
            Ok(()) => {
                on_close.run(());
                address.go("/");
            }
            Err(error) => wrong.set(Some(refusal(&error))),
        }
    };
    let rows = choice.sale.with_value(|sale| places(sale)).into_iter().map(move |place| row(choice, place));
    let submit = move || match amount.get() {
        Some(amount) if !is_none() => t!("pay.back_put", amount = money(amount, currency)),
        _ => t!("pay.back_choose").to_owned(),
    };
    view! {
        <Dialog heading=heading on_close=on_close>
            <form class="ask back" on:submit=send>
                <ul class="back-lines" aria-label=t!("pay.back_lines")>{rows.collect_view()}</ul>
                <button type="button" class="btn line" on:click=move |_| choice.choose_all()>{t!("pay.back_all")}</button>
                <Reason choice />
                <Conditions choice />
                {move || wrong.get().map(|words| view! { <p class="note bad" role="alert">{words}</p> })}
                <button type="submit" class="btn primary wide" disabled=is_none>{submit}</button>
            </form>
        </Dialog>
    }
}

/// A sold line: how much of it comes back.
fn row(choice: Choice, place: u32) -> impl IntoView {
    let line = choice.sale.with_value(|sale| line_of(sale, place).cloned());
    line.map(|line| {
        let name = if line.name.is_empty() { line.sku.clone() } else { line.name.clone() };
        let sold = line.quantity;
        let unit = line.unit.symbol();
        let left = move || {
            let left = choice.left(place);
            if left.is_zero() {
                t!("pay.back_nothing_left").to_owned()
            } else {
                t!("pay.back_left", left = i18n::quantity(left), sold = i18n::quantity(sold))
            }
        };
        // What is weighed comes back whole: nobody weighs half a cheese back in.
        let step = if line.unit.is_measured() { sold } else { Quantity::ONE };
        let by = move |sign: i64| {
            let next = choice.chosen(place).0.saturating_add(step.0.saturating_mul(sign));
            choice.choose(place, Quantity(next));
        };
        let is_all = move || choice.left(place) <= choice.chosen(place);
        let less = t!("pay.back_less", name = name);
        let more = t!("pay.back_more", name = name);
        view! {
            <li>
                <span class="what">
                    <span class="sm strong">{name.clone()}</span>
                    <span class="xs muted">{left}</span>
                </span>
                <button
                    type="button"
                    class="btn step"
                    aria-label=less
                    disabled=move || choice.chosen(place).is_zero()
                    on:click=move |_| by(-1)
                >
                    "−"
                </button>
                <output class="num strong" aria-label=name.clone()>
                    {move || format!("{} {unit}", i18n::quantity(choice.chosen(place)))}
                </output>
                <button
                    type="button"
                    class="btn step"
                    aria-label=more
                    disabled=is_all
                    on:click=move |_| by(1)
                >
                    "+"
                </button>
            </li>
        }
    })
}

#[component]
fn Reason(choice: Choice) -> impl IntoView {
    let chip = move |words: &'static str| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || choice.reason.with(|reason| reason == words).to_string()
                on:click=move |_| choice.reason.set(words.to_owned())
            >
                {words}
            </button>
        }
    };
    let often = [
        t!("pay.back_reason_size"),
        t!("pay.back_reason_faulty"),
        t!("pay.back_reason_mind"),
        t!("pay.back_reason_wrong"),
    ];
    view! {
        <label class="field">
            {t!("pay.back_reason")}
            <input
                type="text"
                maxlength=LONGEST_REASON
                autocomplete="off"
                prop:value=move || choice.reason.get()
                on:input=move |event| choice.reason.set(event_target_value(&event))
            />
        </label>
        <div class="chips" role="group" aria-label=t!("pay.back_reasons")>{often.map(chip)}</div>
    }
}

#[component]
fn Conditions(choice: Choice) -> impl IntoView {
    let chip = move |(condition, words): (Condition, &'static str)| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (choice.condition.get() == condition).to_string()
                on:click=move |_| choice.condition.set(condition)
            >
                {words}
            </button>
        }
    };
    let all = [
        (Condition::Restock, t!("pay.back_restock")),
        (Condition::Damaged, t!("pay.back_damaged")),
        (Condition::Supplier, t!("pay.back_supplier")),
    ];
    view! {
        <span class="sm" id="back-condition">{t!("pay.back_condition")}</span>
        <div class="chips" role="group" aria-labelledby="back-condition">{all.map(chip)}</div>
    }
}
