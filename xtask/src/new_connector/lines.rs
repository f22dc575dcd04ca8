//! Lines: the two lines that make a connector one of them: its module, and its entry in `all()`.
//! Lives here: finding both places in the list of connectors, and the list with them. May use: text. Never: a guess at a list of another
//! shape than is known here.

use anyhow::{Context, Result, bail};

use super::name::Name;

const ALL: &str = "pub fn all() -> &'static [&'static dyn Connector] {";
/// Columns of a line, as rustfmt.toml says.
const WIDTH: usize = 110;

/// The list with the connector in it.
///
/// # Errors
/// What of its shape is not known here, or that the connector is in it.
pub fn with(text: &str, name: &Name) -> Result<String> {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let modules = modules(&lines)?;
    if modules.iter().any(|(_, known)| *known == name.of_module) {
        bail!("it has a module `{name}` already");
    }
    let (from, to, mut entries) = entries(&lines)?;
    if modules.iter().any(|(at, _)| *at >= from) {
        bail!("its modules do not stand above `all()`");
    }
    if entries.iter().any(|entry| !modules.iter().any(|(_, known)| entry_of(entry) == Some(known))) {
        bail!("`all()` is no list of `&module::Type`, each of a module beside it");
    }
    entries.push(format!("&{name}::{}", name.of_type));
    // From below, so that the places above stay where they are.
    lines.splice(from..to, body(&entries));
    let next = modules.iter().find(|(_, known)| *known > name.of_module);
    let last = modules.last().map_or(0, |(at, _)| at + 1);
    lines.insert(next.map_or(last, |(at, _)| *at), format!("mod {name};"));
    Ok(lines.join("\n"))
}

/// Its modules and where they stand: one block, in order, an empty line above it.
fn modules(lines: &[String]) -> Result<Vec<(usize, String)>> {
    let found: Vec<(usize, String)> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((at, module_of(line)?.to_owned()))).collect();
    let is_block = found.windows(2).all(|two| matches!(two, [(one, _), (next, _)] if *next == one + 1));
    let is_sorted = found.is_sorted_by(|(_, one), (_, next)| one <= next);
    let above = found.first().and_then(|(at, _)| lines.get(at.checked_sub(1)?));
    if !above.is_some_and(String::is_empty) || !is_block || !is_sorted {
        bail!("its modules are not one block of `mod name;` in alphabetical order, an empty line above it");
    }
    Ok(found)
}

/// `mod tryton;` or `pub mod check;`
fn module_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub ").unwrap_or(line);
    rest.strip_prefix("mod ")?.strip_suffix(';').filter(|name| is_word(name))
}

/// The lines of the body of `all()`, and what it lists.
fn entries(lines: &[String]) -> Result<(usize, usize, Vec<String>)> {
    let heads: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| *line == ALL).map(|(at, _)| at).collect();
    let [head] = heads[..] else { bail!("there is not one `{ALL}`") };
    let from = head + 1;
    let body = lines.iter().skip(from).take_while(|line| *line != "}");
    let to = from + body.clone().count();
    let text = body.map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let list = text.strip_prefix("&[").and_then(|rest| rest.strip_suffix(']'));
    let list = list.filter(|_| to < lines.len()).context("the body of `all()` is not `&[…]` alone")?;
    let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned);
    Ok((from, to, entries.collect()))
}

/// The module of `&tryton::Tryton`.
fn entry_of(entry: &str) -> Option<&str> {
    let (module, of_type) = entry.strip_prefix('&')?.split_once("::")?;
    (is_word(module) && is_word(of_type)).then_some(module)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// As rustfmt sets a list: on one line where it fits, else each entry on its own.
fn body(entries: &[String]) -> Vec<String> {
    let one = format!("    &[{}]", entries.join(", "));
    if one.len() <= WIDTH {
        return vec![one];
    }
    let each = entries.iter().map(|entry| format!("        {entry},"));
    std::iter::once("    &[".to_owned()).chain(each).chain(std::iter::once("    ]".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Name {
        Name::checked(name, None).unwrap()
    }

    fn list(modules: &[&str], body: &str) -> String {
        let modules = modules.iter().map(|name| format!("mod {name};\n")).collect::<String>();
        format!("//! Card.\n\n{modules}\nuse x::y;\n\n/// All.\n{ALL}\n{body}\n}}\n\nfn f() {{}}\n")
    }

    #[test]
    fn the_module_takes_its_place_and_the_entry_is_last() {
        let before = list(&["answer", "odoo", "tryton"], "    &[&tryton::Tryton, &odoo::Odoo]");
        for (new, place) in [("acme", 0), ("bexio", 1), ("sage", 2), ("xero", 3)] {
            let mut modules = vec!["answer", "odoo", "tryton"];
            modules.insert(place, new);
            let new = name(new);
            let body = format!("    &[&tryton::Tryton, &odoo::Odoo, &{new}::{}]", new.of_type);
            assert_eq!(with(&before, &new).unwrap(), list(&modules, &body));
        }
    }

    #[test]
    fn a_list_that_grows_too_long_has_an_entry_a_line_and_stays_so() {
        let first = name("a_connector_with_a_name_of_some_length");
        let second = name("another_connector_with_such_a_name");
        let before = list(&["odoo"], "    &[&odoo::Odoo]");
        let once = with(&before, &first).unwrap();
        assert!(once.contains("    &[&odoo::Odoo, &a_connector"), "{once}");
        let twice = with(&once, &second).unwrap();
        let last = "        &another_connector_with_such_a_name::AnotherConnectorWithSuchAName,\n    ]\n}";
        assert!(twice.contains("    &[\n        &odoo::Odoo,\n") && twice.contains(last), "{twice}");
        let third = with(&twice, &name("xero")).unwrap();
        assert!(third.contains("        &xero::Xero,\n    ]\n}"), "{third}");
    }

    #[test]
    fn a_shape_that_is_not_known_is_refused() {
        let whole = list(&["answer", "odoo"], "    &[&odoo::Odoo]");
        assert!(with(&whole, &name("acme")).is_ok());
        for (why, text) in [
            ("there already", list(&["acme", "odoo"], "    &[&odoo::Odoo]")),
            ("no module", list(&[], "    &[&odoo::Odoo]")),
            ("out of order", list(&["odoo", "answer"], "    &[&odoo::Odoo]")),
            ("something on the first", whole.replace("mod answer;", "#[cfg(test)]\nmod answer;")),
            ("modules below", format!("{}\n\nmod odoo;\n", list(&[], "    &[&odoo::Odoo]"))),
            ("two blocks", whole.replace("mod odoo;", "\nmod odoo;")),
            ("another head", whole.replace("&'static [", "Vec<")),
            ("two heads", whole.clone() + &whole),
            ("another body", list(&["odoo"], "    LIST")),
            ("a comment", list(&["odoo"], "    // The first.\n    &[&odoo::Odoo]")),
            ("a comment inside", list(&["odoo"], "    &[\n        // It.\n        &odoo::Odoo,\n    ]")),
            ("another entry", list(&["odoo"], "    &[&odoo::odoo(17)]")),
            ("of no module", list(&["odoo"], "    &[&tryton::Tryton]")),
            ("other line ends", whole.replace('\n', "\r\n")),
            ("cut off", whole.split("\n}").next().unwrap_or_default().to_owned()),
        ] {
            assert!(with(&text, &name("acme")).is_err(), "{why}");
        }
    }
}
