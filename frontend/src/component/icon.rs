//! Icon: line drawings of 24 × 24, named by what they show. They say nothing to a screen reader; the text beside them does.

use leptos::prelude::*;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident => $path:literal),+ $(,)?) => {
        /// Which drawing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum IconName { $($(#[$doc])* $name),+ }

        impl IconName {
            fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

icons! {
    /// A trolley.
    Sell => "M4 5h2l2 11h10l2-8H7M9 20a1 1 0 1 0 2 0 1 1 0 1 0-2 0M16 20a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
    /// A slip of paper.
    Receipt => "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
    /// Three bars.
    Chart => "M4 20V10M10 20V4M16 20v-7M21 20H3",
    /// A tablet.
    Tablet => "M6 3h12v18H6zM11 18h2",
    /// A magnifying glass.
    Search => "M17 11a6 6 0 1 1-12 0 6 6 0 0 1 12 0M20 20l-4-4",
    /// A barcode in a frame.
    Scan => "M4 7V4h3M20 7V4h-3M4 17v3h3M20 17v3h-3M8 8v8M12 8v8M16 8v8",
    /// A cross.
    Close => "M6 6l12 12M18 6L6 18",
    /// An arrow to where one came from.
    Back => "M11 6l-6 6 6 6M5 12h14",
    /// Take the last digit away.
    Erase => "M9 6h11v12H9l-5-6zM12 10l4 4M16 10l-4 4",
    /// A padlock.
    Lock => "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
    /// A printer.
    Print => "M7 9V3h10v6M7 18H4v-7h16v7h-3M7 15h10v6H7z",
    /// A hand that stops: put aside.
    Hold => "M8 5v14M16 5v14",
    /// Two links of a chain.
    Link => "M9 8H7a4 4 0 0 0 0 8h2M15 8h2a4 4 0 0 1 0 8h-2M8 12h8",
    /// A plus.
    Plus => "M12 5v14M5 12h14",
    /// A tick.
    Done => "M5 12l5 5 9-10",
    /// A triangle with a mark: look at this.
    Warning => "M12 4l9 16H3zM12 10v4M12 17v.5",
    /// Somebody on a card.
    Person => "M3 5h18v14H3zM11 10.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0M5.5 16a3.5 3.5 0 0 1 7 0M15 10h3M15 13.5h3",
    /// Two people.
    People => "M12 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0M3 20a6 6 0 0 1 12 0M16 5a3 3 0 0 1 0 6M17 14a6 6 0 0 1 4 6",
    /// Rows of a list.
    List => "M4 6h16M4 12h16M4 18h10",
    /// A house with an awning.
    Store => "M4 20V9l8-5 8 5v11M9 20v-6h6v6",
    /// An arrow down into a tray.
    Download => "M12 4v11M7 11l5 5 5-5M4 20h16",
    /// An arrow out of a tray.
    Upload => "M12 16V5M7 9l5-5 5 5M4 20h16",
    /// A camera.
    Camera => "M4 8h3l2-3h6l2 3h3v11H4zM15.5 13a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0",
    /// A label on a string: an offer.
    Tag => "M4 4h8l8 8-8 8-8-8zM8.5 8.5v.1",
    /// A star.
    Star => "M12 4l2.5 5 5.5.8-4 3.9.9 5.5L12 16.6 7.1 19.2 8 13.7 4 9.8 9.5 9z",
    /// Banknote.
    Cash => "M3 7h18v10H3zM14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0",
    /// A bank card.
    Card => "M3 6h18v13H3zM3 11h18",
    /// A door one leaves by.
    SignOut => "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
}

/// A drawing.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=name.path() /></svg> }
}
