//! Promotion: the form of one promotion, new or known, with an example of what it does.
//! Lives here: what is typed, and reading it.
//! May use: session, component, i18n, the shared rules for the example. Never: a float, a rule of its own.
//! Invariant: nothing typed is lost by an error; a change of somebody else's is never overwritten unseen.

use super::example::example_words;
use super::goods::Chosen;
use super::offer::{OfferFields, OfferTyped};
use super::rule::{RuleButtons, RuleWords, rule_page, saving};
use super::when::{StackingField, When, WhenFields, fault_words};
use crate::component::{Field, Form, FormBody, Note, wrong};
use crate::i18n::{self, t};
use crate::session::{Loaded, Versioned, mint, typed, use_manage};
use leptos::prelude::*;
use shared::ids::PromotionId;
use shared::money::{Currency, Minor};
use shared::pricing::{Applies, Coupon, Goods, Promotion, RuleFault, Stacking, Wrong};
use shared::store::WrongSetting;
use std::collections::HashMap;
use std::sync::Arc;

/// The form's page: with an id of that promotion, else of a new one.
#[component]
pub fn PromotionPage(
    /// Which.
    id: Option<PromotionId>,
) -> AnyView {
    let words = RuleWords {
        list: "/manage/promotions",
        single: t!("manage.promotion"),
        add: t!("manage.promotions.add"),
        name: |promotion: &Promotion| promotion.name.clone(),
    };
    rule_page(id.map(|id| id.to_string()), words, |known, loaded, currency| {
        view! { <PromotionForm known loaded currency /> }.into_any()
    })
}

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    offer: OfferTyped,
    goods: Chosen,
    minimum: RwSignal<String>,
    most_times: RwSignal<String>,
    code: RwSignal<String>,
    most_uses: RwSignal<String>,
    stacking: RwSignal<String>,
    when: When,
    currency: Currency,
}

const STACKINGS: [(&str, Stacking); 3] =
    [("alone", Stacking::Alone), ("with_others", Stacking::WithOthers), ("only_one", Stacking::OnlyOne)];

impl Typed {
    fn of(known: Option<&Versioned<Promotion>>, currency: Currency) -> Self {
        let rule = known.map(|read| &read.rule);
        let none = HashMap::new();
        let names = known.map_or(&none, |read| &read.products);
        let text = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
        let number = |number: Option<u32>| text(number.map(|number| number.to_string()));
        let coupon = rule.and_then(|rule| rule.coupon.as_ref());
        let stacking = rule.map(|rule| rule.stacking).unwrap_or_default();
        let stacking =
            STACKINGS.iter().find(|(_, known)| *known == stacking).map(|(word, _)| (*word).to_owned());
        let minimum = rule.and_then(|rule| rule.minimum).map(|minimum| minimum.to_decimal(currency));
        Self {
            name: text(rule.map(|rule| rule.name.clone())),
            offer: OfferTyped::of(rule.map(|rule| &rule.offer), currency, names),
            goods: Chosen::of(rule.map_or(&Goods::default(), |rule| &rule.goods), names),
            minimum: text(minimum),
            most_times: number(rule.and_then(|rule| rule.most_times)),
            code: text(coupon.map(|coupon| coupon.code.clone())),
            most_uses: number(coupon.and_then(|coupon| coupon.most_uses)),
            stacking: text(stacking),
            when: When::of(
                rule.map_or(&Applies::default(), |rule| &rule.applies),
                rule.map_or(0, |rule| rule.priority),
            ),
            currency,
        }
    }

    /// Reads it, with everything that cannot be.
    fn read(self, id: PromotionId) -> (Promotion, Vec<WrongSetting>) {
        let mut faults = Vec::new();
        let offer = self.offer.read(self.currency, &mut faults);
        let (applies, priority) = self.when.read(&mut faults);
        let text =
            |signal: RwSignal<String>| Some(signal.get().trim().to_owned()).filter(|text| !text.is_empty());
        let mut times = |field: &str, signal: RwSignal<String>| {
            let read = text(signal).map(|text| typed::decimal(&text).parse::<u32>());
            read.and_then(|read| read.map_err(|_| faults.push(wrong(field, fault_words(Wrong::Times)))).ok())
        };
        let (most_times, most_uses) =
            (times("most_times", self.most_times), times("coupon.most_uses", self.most_uses));
        let minimum = text(self.minimum).map(|text| Minor::parse(&typed::decimal(&text), self.currency));
        let minimum = minimum.and_then(|read| {
            read.map_err(|_| faults.push(wrong("minimum", fault_words(Wrong::Amount)))).ok()
        });
        let stacking = self.stacking.get();
        let goods = if matches!(offer, shared::pricing::Offer::Bundle(_)) {
            Goods::default()
        } else {
            self.goods.read()
        };
        let promotion = Promotion {
            id,
            name: text(self.name).unwrap_or_default(),
            priority,
            stacking: STACKINGS
                .iter()
                .find(|(word, _)| *word == stacking)
                .map(|(_, it)| *it)
                .unwrap_or_default(),
            currency: Some(self.currency),
            applies,
            coupon: text(self.code).map(|code| Coupon { code, most_uses, uses: 0 }),
            goods,
            minimum,
            most_times,
            offer,
        };
        faults.extend(told(promotion.check(), &faults));
        (promotion, faults)
    }
}

/// Faults in the words of the screen; a field that is no number already says so.
pub fn told(found: Vec<RuleFault>, known: &[WrongSetting]) -> Vec<WrongSetting> {
    let found = found.into_iter().filter(|fault| known.iter().all(|one| one.field != fault.field));
    found.map(|fault| wrong(fault.field, fault_words(fault.wrong))).collect()
}

#[component]
fn PromotionForm(
    known: Option<Arc<Versioned<Promotion>>>,
    loaded: Loaded<Versioned<Promotion>>,
    currency: Currency,
) -> AnyView {
    let manage = use_manage();
    let form = Form::new();
    let typed = Typed::of(known.as_deref(), currency);
    let id = known.as_ref().map_or_else(|| PromotionId(mint()), |read| read.rule.id);
    let version = known.as_ref().map(|read| read.version.clone());
    let uses = known.as_ref().and_then(|read| read.rule.coupon.as_ref()).map(|coupon| coupon.uses);
    let save = saving::<Promotion>(manage, form, version, "/manage/promotions");
    let send = move |()| {
        let (promotion, faults) = untrack(|| typed.read(id));
        if form.is_fit(faults) {
            save.run(promotion);
        }
    };
    let example = move || {
        let (promotion, _) = typed.read(id);
        example_words(&promotion, currency)
    };
    let used = uses.map(|uses| {
        view! { <p class="sm muted">{t!("manage.promotion.used", used = i18n::number(i64::from(uses)))}</p> }
    });
    let code = currency.code().to_owned();
    view! {
        <FormBody form on_submit=send>
            <div class="columns">
                <section class="card padded fields">
                    <h2>{t!("manage.promotion.what")}</h2>
                    <Field name="name" label=t!("manage.promotion.name") value=typed.name hint=t!("manage.promotion.name.hint") />
                    <OfferFields offer=typed.offer goods=typed.goods currency />
                    <Note kind="info"><p role="status">{example}</p></Note>
                    <div class="pair">
                        <Field name="minimum" label=t!("manage.promotion.minimum") value=typed.minimum kind="decimal" optional=true unit=code
                            hint=t!("manage.promotion.minimum.hint") />
                        <Field name="most_times" label=t!("manage.promotion.most_times") value=typed.most_times kind="digits" optional=true
                            hint=t!("manage.promotion.most_times.hint") />
                    </div>
                </section>
                <div class="stack">
                    <WhenFields when=typed.when />
                    <section class="card padded fields">
                        <h2>{t!("manage.promotion.code")}</h2>
                        <div class="pair">
                            <Field name="coupon.code" label=t!("manage.promotion.code.field") value=typed.code optional=true
                                hint=t!("manage.promotion.code.hint") />
                            <Field name="coupon.most_uses" label=t!("manage.promotion.most_uses") value=typed.most_uses kind="digits" optional=true />
                        </div>
                        {used}
                    </section>
                    <section class="card padded fields"><StackingField value=typed.stacking /></section>
                </div>
            </div>
            <RuleButtons form loaded known=known.map(|read| read.rule.clone()) list="/manage/promotions" />
        </FormBody>
    }
    .into_any()
}
