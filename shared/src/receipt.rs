//! Receipt: what the customer gets, as a document.
//! Lives here: the document (rows of text, amounts, rules, codes) and its plain text form.
//! May use: sale, store, money. Never: a printer, HTML of a page, a clock.
//! Invariant: the same sale gives the same receipt, a reprint differs only by its copy mark.
