//! Settings: a printer's name, language, kind, paper or labels, drawer, and what it prints by itself.

use crate::component::Dialog;
use crate::i18n::t;
use crate::session::use_printers;
use leptos::prelude::*;
use shared::label::{Dots, LabelSize};
use shared::printing::{Cable, Commands, Paper, Printer};
use shared::receipt::escpos::{DrawerPin, profiles};

/// Longest name of a device.
pub const LONGEST_NAME: usize = 40;
/// What serial printers can be set to, bits a second.
const BAUDS: [u32; 6] = [9_600, 19_200, 38_400, 57_600, 115_200, 4_800];

/// What is chosen among few, by the word that stands for it in the page.
pub type Choices = Vec<(String, String)>;

/// The dialog.
#[component]
pub fn Settings(printer: Printer, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let printers = use_printers();
    let changed = RwSignal::new(printer.clone());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut printer = changed.get_untracked();
        printer.name = printer.name.trim().to_owned();
        if printer.name.is_empty() {
            t!("pay.printer_name_default").clone_into(&mut printer.name);
        }
        printers.change(printer);
        on_close.run(());
    };
    let receipts = Memo::new(move |_| changed.with(Printer::prints_receipts));
    let baud = match printer.cable {
        Cable::Serial { baud, .. } => Some(baud),
        _ => None,
    };
    view! {
        <Dialog heading=t!("pay.printer_settings").to_owned() on_close=on_close>
            <form class="ask" on:submit=send>
                <label class="field">
                    {t!("pay.printer_name")}
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength=LONGEST_NAME.to_string()
                        prop:value=printer.name.clone()
                        on:input=move |event| changed.update(|printer| printer.name = event_target_value(&event))
                    />
                </label>
                <Language changed commands=printer.commands />
                {baud.map(|baud| view! { <Baud changed baud /> })}
                {move || receipts.get().then(|| view! { <OfReceipts changed /> })}
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| on_close.run(())>{t!("common.cancel")}</button>
                    <button type="submit" class="btn primary">{t!("common.save")}</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Receipts or labels, and of labels how fine and how large.
#[component]
fn Language(changed: RwSignal<Printer>, commands: Commands) -> impl IntoView {
    let fine = move |dots: Dots| match dots {
        Dots::Eight => "zpl8",
        Dots::Twelve => "zpl12",
    };
    let chosen = match commands {
        Commands::EscPos => "escpos",
        Commands::Zpl { dots, .. } => fine(dots),
    };
    let size = Memo::new(move |_| match changed.with(|printer| printer.commands) {
        Commands::EscPos => None,
        Commands::Zpl { size, .. } => Some(size),
    });
    let take = move |key: String| {
        changed.update(|printer| {
            let size = match printer.commands {
                Commands::Zpl { size, .. } => size,
                Commands::EscPos => LabelSize::default(),
            };
            printer.commands = match key.as_str() {
                "zpl8" => Commands::Zpl { dots: Dots::Eight, size },
                "zpl12" => Commands::Zpl { dots: Dots::Twelve, size },
                _ => Commands::EscPos,
            };
            if !printer.prints_receipts() {
                printer.drawer = None;
                printer.prints_by_itself = false;
            }
        });
    };
    let take_size = move |key: String| {
        let size = key.parse().ok().and_then(|at: usize| LabelSize::ALL.get(at).copied()).unwrap_or_default();
        changed.update(|printer| {
            if let Commands::Zpl { size: now, .. } = &mut printer.commands {
                *now = size;
            }
        });
    };
    let sizes = move |size: LabelSize| {
        let all = LabelSize::ALL.iter().enumerate();
        let choices =
            all.map(|(at, size)| (at.to_string(), format!("{} × {} mm", size.width_mm, size.height_mm)));
        let chosen = LabelSize::ALL.iter().position(|known| *known == size).unwrap_or(0).to_string();
        view! { <Choice label=t!("devices.label_size") chosen choices=choices.collect() on_choice=take_size /> }
    };
    view! {
        <Choice
            label=t!("devices.printer_language")
            chosen
            choices=vec![
                ("escpos".to_owned(), t!("devices.printer_escpos").to_owned()),
                ("zpl8".to_owned(), t!("devices.printer_zpl", dots = 203)),
                ("zpl12".to_owned(), t!("devices.printer_zpl", dots = 300)),
            ]
            on_choice=take
        />
        {move || size.get().map(sizes)}
    }
}

/// What is set of a printer of receipts.
#[component]
fn OfReceipts(changed: RwSignal<Printer>) -> impl IntoView {
    let printer = changed.get_untracked();
    view! {
        <Kind changed />
            <Choice
                label=t!("pay.printer_paper")
                chosen=paper_key(printer.paper)
                choices=vec![
                    ("widest".to_owned(), t!("pay.printer_paper_widest").to_owned()),
                    ("58".to_owned(), t!("pay.printer_paper_58").to_owned()),
                ]
                on_choice=move |key: String| changed.update(|printer| printer.paper = paper_of(&key))
            />
            <Choice
                label=t!("pay.printer_drawer")
                chosen=drawer_key(printer.drawer)
                choices=vec![
                    (String::new(), t!("pay.printer_drawer_none").to_owned()),
                    ("2".to_owned(), t!("pay.printer_drawer_2").to_owned()),
                    ("5".to_owned(), t!("pay.printer_drawer_5").to_owned()),
                ]
                on_choice=move |key: String| changed.update(|printer| printer.drawer = drawer_of(&key))
            />
            <label class="printer-switch">
                <input
                    type="checkbox"
                    role="switch"
                    prop:checked=printer.prints_by_itself
                    on:change:target=move |event| {
                        changed.update(|printer| printer.prints_by_itself = event.target().checked());
                    }
                />
                <span>{t!("pay.printer_by_itself")}</span>
            </label>
    }
}

/// The kind of printer, found by a part of its name.
#[component]
fn Kind(changed: RwSignal<Printer>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let all = StoredValue::new(profiles());
    let chosen = move || changed.with(|printer| printer.profile.clone());
    let choices = move || {
        let wanted = text.get().to_lowercase();
        let chosen = chosen();
        let fits = |name: &str| wanted.split_whitespace().all(|part| name.to_lowercase().contains(part));
        all.with_value(|all| {
            let mut found: Choices = all
                .iter()
                .filter(|kind| kind.id == chosen || fits(&kind.name))
                .map(|kind| (kind.id.clone(), kind.name.clone()))
                .collect();
            found.sort_by(|one, other| one.1.cmp(&other.1));
            found
        })
    };
    let option = move |(key, words): (String, String)| {
        let is_it = chosen() == key;
        view! { <option value=key selected=is_it>{words}</option> }
    };
    view! {
        <label class="field">
            {t!("pay.printer_kind_search")}
            <input
                type="search"
                autocomplete="off"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
        </label>
        <label class="field">
            {t!("pay.printer_kind")}
            <select on:change:target=move |event| changed.update(|printer| printer.profile = event.target().value())>
                {move || choices().into_iter().map(option).collect_view()}
            </select>
        </label>
        <p class="sm muted">{t!("pay.printer_kind_words")}</p>
    }
}

#[component]
fn Baud(changed: RwSignal<Printer>, baud: u32) -> impl IntoView {
    let take = move |key: String| {
        changed.update(|printer| {
            if let (Cable::Serial { baud, .. }, Ok(chosen)) = (&mut printer.cable, key.parse()) {
                *baud = chosen;
            }
        });
    };
    let choices = BAUDS.map(|baud| (baud.to_string(), baud.to_string())).to_vec();
    view! { <Choice label=t!("pay.printer_baud") chosen=baud.to_string() choices on_choice=take /> }
}

/// One of few.
#[component]
pub fn Choice(
    label: &'static str,
    #[prop(into)] chosen: String,
    choices: Choices,
    #[prop(into)] on_choice: Callback<String>,
) -> impl IntoView {
    let option = |(key, words): (String, String)| {
        let is_it = key == chosen;
        view! { <option value=key selected=is_it>{words}</option> }
    };
    view! {
        <label class="field">
            {label}
            <select on:change:target=move |event| on_choice.run(event.target().value())>
                {choices.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

const fn paper_key(paper: Paper) -> &'static str {
    match paper {
        Paper::Widest => "widest",
        Paper::Mm58 => "58",
    }
}

fn paper_of(key: &str) -> Paper {
    if key == "58" { Paper::Mm58 } else { Paper::Widest }
}

const fn drawer_key(drawer: Option<DrawerPin>) -> &'static str {
    match drawer {
        None => "",
        Some(DrawerPin::Two) => "2",
        Some(DrawerPin::Five) => "5",
    }
}

fn drawer_of(key: &str) -> Option<DrawerPin> {
    match key {
        "2" => Some(DrawerPin::Two),
        "5" => Some(DrawerPin::Five),
        _ => None,
    }
}
