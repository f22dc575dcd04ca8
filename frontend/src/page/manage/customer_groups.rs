//! Customer groups: who is priced alike, and records of customers that may be of one person.

use super::customers::{Tab, beside_name, tabs};
use super::frame::Screen;
use super::groups::{add, buttons};
use crate::component::{
    Dialog, Empty, Failed, Field, Form, FormBody, IconName, trouble_words, use_toasts, wrong,
};
use crate::i18n::t;
use crate::session::{Loaded, use_manage};
use leptos::prelude::*;
use shared::api::Doubles;
use shared::customer::{Customer, CustomerGroup};
use shared::ids::{CustomerGroupId, CustomerId};

type Editing = RwSignal<Option<Option<CustomerGroup>>>;

/// The list of groups.
#[component]
pub fn CustomerGroups() -> AnyView {
    let manage = use_manage();
    manage.load_customer_groups();
    let editing: Editing = RwSignal::new(None);
    let row = move |group: &CustomerGroup| {
        let edit = {
            let group = group.clone();
            move |_| editing.set(Some(Some(group.clone())))
        };
        view! { <tr><th scope="row"><button type="button" class="whole" on:click=edit>{group.name.clone()}</button></th></tr> }
    };
    let list = move || {
        let all = manage.customer_groups.get();
        if all.is_empty() {
            let words = t!("manage.customer_groups.none.words").to_owned();
            return view! { <Empty icon=IconName::People heading=t!("manage.customer_groups.none") words /> }
                .into_any();
        }
        view! {
            <table class="list rows">
                <thead><tr><th scope="col">{t!("manage.name")}</th></tr></thead>
                <tbody>{all.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <Screen heading=t!("manage.customer_groups").to_owned() under=t!("manage.customer_groups.under").to_owned()
            actions=add(t!("manage.customer_groups.add"), move || editing.set(Some(None)))>
            {tabs(Tab::Groups)}
            <div class="card sheet">{list}</div>
            {move || editing.get().map(|known| view! { <EditGroup known editing /> })}
        </Screen>
    }
    .into_any()
}

#[component]
fn EditGroup(known: Option<CustomerGroup>, editing: Editing) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let form = Form::new();
    let name = RwSignal::new(known.as_ref().map(|one| one.name.clone()).unwrap_or_default());
    let heading = known
        .as_ref()
        .map_or_else(|| t!("manage.customer_groups.add"), |_| t!("manage.customer_groups.change"));
    let id = known.as_ref().map(|one| one.id);
    let done = move || {
        manage.load_customer_groups();
        editing.set(None);
    };
    let send = move |()| {
        let group = CustomerGroup {
            id: id.unwrap_or(CustomerGroupId(crate::session::mint())),
            name: name.get_untracked().trim().to_owned(),
        };
        let faults = group.check().iter().map(|_| wrong("name", t!("manage.rule.name"))).collect();
        if form.is_fit(faults) {
            // Whoever renames a group last has named it.
            form.send(manage.save_rule(group, id.map(|_| "*".to_owned())), move |saved| {
                toasts.say(t!("manage.saved.name", name = saved.name));
                done();
            });
        }
    };
    let remove = move |_| {
        let Some(id) = id else { return };
        leptos::task::spawn_local(async move {
            match manage.remove_rule::<CustomerGroup>(id.to_string()).await {
                Ok(()) => {
                    toasts.say(t!("manage.rule.removed"));
                    done();
                }
                Err(trouble) => toasts.warn(trouble_words(&trouble)),
            }
        });
    };
    let removing = id.is_some().then(|| {
        view! { <button type="button" class="btn danger" on:click=remove>{t!("manage.remove")}</button> }
    });
    view! {
        <Dialog heading=heading.to_owned() on_close=move |()| editing.set(None)>
            <FormBody form on_submit=send>
                <Field name="name" label=t!("manage.name") value=name hint=t!("manage.customer_groups.hint") />
                {removing}
                {buttons(move || editing.set(None))}
            </FormBody>
        </Dialog>
    }
    .into_any()
}

/// Records that may be of one person.
#[component]
pub fn DoublesPage() -> AnyView {
    let manage = use_manage();
    manage.load_customer_groups();
    let loaded = Loaded::<Vec<Doubles>>::default();
    let load = Callback::new(move |()| loaded.load(manage.doubles()));
    load.run(());
    let list = move || {
        let all = loaded.value.get()?;
        if all.is_empty() {
            let words = t!("manage.doubles.none.words").to_owned();
            return Some(
                view! { <Empty icon=IconName::Done heading=t!("manage.doubles.none") words /> }.into_any(),
            );
        }
        Some(
            view! { <div class="cards">{all.iter().map(|one| card(one, load)).collect_view()}</div> }
                .into_any(),
        )
    };
    view! {
        <Screen heading=t!("manage.doubles").to_owned() under=t!("manage.doubles.under").to_owned()>
            {tabs(Tab::Doubles)}
            {move || loaded.trouble.get().map(|trouble| view! { <Failed trouble on_retry=move |()| load.run(()) /> })}
            {list}
        </Screen>
    }
    .into_any()
}

fn card(doubles: &Doubles, load: Callback<()>) -> AnyView {
    let ids: Vec<CustomerId> = doubles.customers.iter().map(|one| one.id).collect();
    let row = |customer: &Customer| {
        let others: Vec<CustomerId> = ids.iter().copied().filter(|id| *id != customer.id).collect();
        person(customer, others, load)
    };
    view! {
        <section class="card padded">
            <h2><bdi>{doubles.common.clone()}</bdi></h2>
            {doubles.customers.iter().map(row).collect_view()}
        </section>
    }
    .into_any()
}

fn person(customer: &Customer, others: Vec<CustomerId>, load: Callback<()>) -> AnyView {
    let manage = use_manage();
    let toasts = use_toasts();
    let (id, name) = (customer.id, customer.title().to_owned());
    let busy = RwSignal::new(false);
    let said = name.clone();
    let keep = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (others, name) = (others.clone(), said.clone());
        leptos::task::spawn_local(async move {
            for other in others {
                if let Err(trouble) = manage.merge_customer(id, other).await {
                    toasts.warn(trouble_words(&trouble));
                    busy.try_set(false);
                    return load.run(());
                }
            }
            toasts.say(t!("manage.doubles.merged", name = name));
            load.run(());
        });
    };
    let about = [Some(beside_name(customer)), customer.phone.clone(), customer.email.clone()];
    let about = about.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <div class="inline double">
            <span class="grow">
                <a href=format!("/manage/customers/{id}")><bdi class="strong">{name.clone()}</bdi></a>
                <span class="xs muted block"><bdi>{about}</bdi></span>
            </span>
            <button type="button" class="btn line" aria-label=t!("manage.doubles.keep_of", name = name)
                aria-disabled=move || busy.get().to_string() on:click=keep>{t!("manage.doubles.keep")}</button>
        </div>
    }
    .into_any()
}
