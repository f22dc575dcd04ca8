//! Plan: what a file of customers would change, given whom the shop knows.

use super::apply::{Applied, apply};
use super::check::Kind;
use super::find::{Found, Index};
use super::read::{ReadFile, ReadRow};
use crate::spreadsheet::{Defect, Findings};
use shared::api::{CustomerColumn as Column, CustomerImportReport, ImportReport, ImportedCustomer};
use shared::catalog::fold;
use shared::customer::{Customer, CustomerField, CustomerGroup, FieldChange};
use shared::ids::{CustomerGroupId, CustomerId, Mint};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Customers who change shown one by one, and new ones.
const SHOWN: usize = 50;
const SHOWN_NEW: usize = 10;

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Check only.
    pub dry_run: bool,
    /// Leave rows with an error out instead of stopping.
    pub skip_bad_rows: bool,
    /// Make groups that are not here.
    pub make_groups: bool,
    /// What a person says is in which column, instead of what the header says.
    pub columns: Option<Vec<Option<Column>>>,
    /// When the file was made; what was changed in the shop later stays. None: it is made now.
    pub as_of_ms: Option<i64>,
}

/// A customer of the shop, with the version of the record.
#[derive(Clone, Debug)]
pub struct KnownCustomer {
    /// As stored.
    pub customer: Customer,
    /// For `WHERE version`.
    pub version: i64,
}

/// What the shop has.
#[derive(Debug, Default)]
pub struct KnownShop {
    /// All, without those who were merged or erased.
    pub customers: Vec<KnownCustomer>,
    /// All.
    pub groups: Vec<CustomerGroup>,
    /// The fields that were changed at a till or on a page after the file was made.
    pub later: HashMap<CustomerId, BTreeSet<CustomerField>>,
}

/// A customer to write.
#[derive(Clone, Debug)]
pub struct PlannedCustomer {
    /// The line of the file.
    pub line: u64,
    /// As they shall be.
    pub customer: Customer,
    /// The version of the record it replaces; none for somebody new.
    pub replaces: Option<i64>,
    /// What is made.
    pub made: Vec<FieldChange>,
    /// What stays as it is.
    pub overtaken: Vec<FieldChange>,
}

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    /// For the caller. `written` is false until it is.
    pub report: CustomerImportReport,
    /// New groups.
    pub groups: Vec<CustomerGroup>,
    /// Those who are new, who change, or of whom something stays.
    pub customers: Vec<PlannedCustomer>,
    /// Rows of which not everything is taken, with why.
    pub left: Vec<ReadRow>,
    /// May it be written?
    pub ready: bool,
}

/// Works out what a file would change. `now_ms` is when the file was made, unless the options know better.
pub fn plan(
    mut file: ReadFile,
    known: &KnownShop,
    options: &Options,
    now_ms: i64,
    mint: &mut dyn Mint,
) -> Plan {
    let as_of_ms = options.as_of_ms.unwrap_or(now_ms);
    let places = Index::of(known.customers.iter().map(|one| &one.customer)).places(&file.rows);
    let findings = &mut file.findings;
    check_places(&mut file.rows, &places, findings);
    let mut groups = Groups::of(&known.groups, options.make_groups);
    let (mut customers, mut unchanged) = (Vec::new(), 0);
    for (row, place) in file.rows.iter_mut().zip(&places) {
        let Found::One(at) = place else { continue };
        let group = groups.of_row(row, findings, mint);
        if row.faulty {
            continue;
        }
        let before = known.customers.get(*at);
        let nobody = || Customer::new(CustomerId::fresh(mint));
        let was = before.map_or_else(nobody, |one| one.customer.clone());
        let later = known.later.get(&was.id);
        let Applied { after, overtaken } = apply(row, &was, group, later, as_of_ms, findings);
        if row.faulty {
            continue;
        }
        let made = was.changes_to(&after);
        unchanged += u64::from(made.is_empty());
        if !made.is_empty() || !overtaken.is_empty() {
            let replaces = before.map(|one| one.version);
            customers.push(PlannedCustomer { line: row.line, customer: after, replaces, made, overtaken });
        }
    }
    let (missing, new) = groups.done(&customers);
    let stops = Kind::MissingColumn;
    let is_whole = !file.findings.stops(stops);
    let report = report_of(file.findings, file.columns, &file.rows, &customers, unchanged, missing);
    let has_error = report.report.findings.iter().any(|finding| finding.error);
    let ready = !options.dry_run && is_whole && (!has_error || options.skip_bad_rows);
    let left = file.rows.into_iter().filter(|row| !row.why.is_empty()).collect();
    Plan { report, groups: new, customers, left, ready }
}

fn report_of(
    findings: Findings<Kind>,
    columns: Vec<shared::api::ImportColumn>,
    rows: &[ReadRow],
    customers: &[PlannedCustomer],
    unchanged: u64,
    missing_groups: Vec<String>,
) -> CustomerImportReport {
    let count =
        |wanted: &dyn Fn(&PlannedCustomer) -> bool| customers.iter().filter(|one| wanted(one)).count() as u64;
    CustomerImportReport {
        report: ImportReport {
            format: "tillbridge".to_owned(),
            rows: rows.len() as u64,
            created: count(&|one| one.replaces.is_none()),
            changed: count(&|one| one.replaces.is_some() && !one.made.is_empty()),
            unchanged,
            findings: findings.into_report(),
            written: false,
        },
        columns,
        missing_groups,
        left_out: rows.iter().filter(|row| row.faulty).count() as u64,
        overtaken: count(&|one| !one.overtaken.is_empty()),
        examples: examples(customers),
    }
}

fn examples(customers: &[PlannedCustomer]) -> Vec<ImportedCustomer> {
    let with_stays = customers.iter().filter(|one| !one.overtaken.is_empty());
    let changed = customers.iter().filter(|one| one.replaces.is_some() && one.overtaken.is_empty());
    let new = customers.iter().filter(|one| one.replaces.is_none());
    let shown = with_stays.chain(changed).take(SHOWN).chain(new.take(SHOWN_NEW));
    let view = |one: &PlannedCustomer| ImportedCustomer {
        line: one.line,
        title: one.customer.title().to_owned(),
        is_new: one.replaces.is_none(),
        made: one.made.clone(),
        overtaken: one.overtaken.clone(),
    };
    shown.map(view).collect()
}

/// Marks rows that are about nobody, about several, or about somebody another row is about.
fn check_places(rows: &mut [ReadRow], places: &[Found], findings: &mut Findings<Kind>) {
    let mut rows_of: HashMap<usize, usize> = HashMap::new();
    for place in places {
        if let Found::One(at) = place {
            *rows_of.entry(*at).or_default() += 1;
        }
    }
    for (row, place) in rows.iter_mut().zip(places) {
        let kind = match place {
            Found::One(at) if rows_of.get(at).is_some_and(|count| *count > 1) => Kind::Duplicate,
            Found::One(_) => continue,
            Found::Several => Kind::Ambiguous,
            Found::Taken => Kind::NumberTaken,
            // A row that is not as wide as its table has its word already.
            Found::NoKey | Found::Nobody if row.why.contains(&Kind::WrongRow.message()) => continue,
            Found::NoKey | Found::Nobody => Kind::MissingKey,
        };
        let keys = [&row.number, &row.email, &row.phone, &row.name, &row.company];
        let value = keys.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        row.fault(findings, kind, &value);
    }
}

/// Groups by name; those that are not here are told, and made where that is wanted.
struct Groups {
    by_name: HashMap<String, CustomerGroupId>,
    missing: BTreeMap<String, String>,
    make: bool,
    new: Vec<CustomerGroup>,
}

impl Groups {
    fn of(known: &[CustomerGroup], make: bool) -> Self {
        let by_name = known.iter().map(|group| (fold(&group.name), group.id)).collect();
        Self { by_name, missing: BTreeMap::new(), make, new: Vec::new() }
    }

    fn of_row(
        &mut self,
        row: &mut ReadRow,
        findings: &mut Findings<Kind>,
        mint: &mut dyn Mint,
    ) -> Option<CustomerGroupId> {
        let name = row.group.clone()?;
        let key = fold(&name);
        if let Some(id) = self.by_name.get(&key) {
            return Some(*id);
        }
        let group = CustomerGroup { id: CustomerGroupId::fresh(mint), name: name.clone() };
        if !group.check().is_empty() {
            row.fault(findings, Kind::TooLong, &name);
            return None;
        }
        self.missing.entry(key.clone()).or_insert_with(|| name.clone());
        if !self.make {
            row.fault(findings, Kind::MissingGroup, &name);
            return None;
        }
        self.by_name.insert(key, group.id);
        let id = group.id;
        self.new.push(group);
        Some(id)
    }

    /// The names that are missing, and the groups that somebody is in.
    fn done(self, customers: &[PlannedCustomer]) -> (Vec<String>, Vec<CustomerGroup>) {
        let used: BTreeSet<_> = customers.iter().filter_map(|one| one.customer.group_id).collect();
        let new = self.new.into_iter().filter(|group| used.contains(&group.id)).collect();
        (self.missing.into_values().collect(), new)
    }
}

/// The rows of which not everything is taken, as a table to mend and bring again: each with its line and why.
pub fn left_as_cells(columns: &[shared::api::ImportColumn], left: &[ReadRow]) -> Vec<Vec<String>> {
    let mut header: Vec<String> = columns.iter().map(|column| column.header.clone()).collect();
    header.extend(["line".to_owned(), "why".to_owned()]);
    let cells = |row: &ReadRow| {
        let mut cells = row.cells.clone();
        cells.resize(columns.len(), String::new());
        cells.extend([row.line.to_string(), row.why.join(" ")]);
        cells
    };
    std::iter::once(header).chain(left.iter().map(cells)).collect()
}
