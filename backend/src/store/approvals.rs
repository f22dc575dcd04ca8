//! Approvals: what was approved by PIN at the till, checked once more when it is booked, and what should have been approved.

use super::bulk::{self, Rows, Value, places};
use super::{StoreError, Tx, ground};
use shared::api::FlagKind;
use shared::approval::{Approval, ApprovalKind, ApprovalState, Need, needs, unhex};
use shared::calendar::LocalTime;
use shared::ids::{DeviceId, EntryId, LineId, OrganisationId, SaleId, StaffId, StoreId};
use shared::money::Minor;
use shared::planted::{Planted, is_planted};
use shared::staff::StaffMember;
use shared::store::Store;
use shared::sync::journal::{EntryBody, JournalEntry};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What one transaction notes of approvals. Most entries need none and bear none: of those nothing is noted.
#[derive(Debug)]
pub struct Approvals {
    organisation_id: OrganisationId,
    noted: Vec<Noted>,
}

/// A record that bears approvals, or may need some.
#[derive(Debug)]
struct Noted {
    hash: String,
    entry_id: EntryId,
    device_id: DeviceId,
    store_id: StoreId,
    staff_id: Option<StaffId>,
    staff_name: String,
    time: LocalTime,
    sale_id: Option<SaleId>,
    lines: Vec<LineId>,
    needs: Vec<Need>,
    approvals: Vec<Approval>,
}

/// What the server knows of whoever is named in them.
struct Known {
    staff: HashMap<StaffId, StaffMember>,
    stores: Vec<Store>,
    keys: HashMap<String, Vec<Vec<u8>>>,
    used: HashSet<String>,
}

/// An approval, or one that is missing, with what it is for.
struct Judged<'a> {
    state: ApprovalState,
    approval: Option<&'a Approval>,
    need: Option<&'a Need>,
}

impl Approvals {
    /// Nothing yet.
    pub fn new(organisation_id: OrganisationId) -> Self {
        Self { organisation_id, noted: Vec::new() }
    }

    /// Takes from an entry what was approved in it, and what may have to be.
    pub fn note(&mut self, entry: &JournalEntry, hash: &str, store_id: StoreId) {
        // An amount that does not fit is somebody else's to tell.
        let needs = needs(&entry.body).unwrap_or_default();
        if needs.is_empty() && entry.approvals.is_empty() {
            return;
        }
        let (sale_id, lines, staff_name) = match &entry.body {
            EntryBody::SaleCompleted { sale } => {
                (Some(sale.id), sale.lines.iter().map(|line| line.id).collect(), sale.staff_name.as_str())
            }
            EntryBody::CashMoved { movement } => (None, Vec::new(), movement.staff_name.as_str()),
            EntryBody::DrawerOpened { drawer } => (None, Vec::new(), drawer.staff_name.as_str()),
            _ => (None, Vec::new(), ""),
        };
        self.noted.push(Noted {
            hash: hash.to_owned(),
            entry_id: entry.id,
            device_id: entry.device_id,
            store_id,
            staff_id: entry.staff_id,
            staff_name: staff_name.to_owned(),
            time: entry.time,
            sale_id,
            lines,
            needs,
            approvals: entry.approvals.clone(),
        });
    }

    /// Judges them, writes each with its state, and flags those that are not sound.
    pub async fn write(self, tx: &mut Tx, now_ms: i64) -> Result<(), StoreError> {
        if self.noted.is_empty() {
            return Ok(());
        }
        let mut known = self.known(tx).await?;
        let mut rows = Rows::new(
            "approvals (organisation_id, entry_hash, place, approval_id, state, kind, sale_id, subject, about, worth_minor, currency, store_id, device_id, asked_by, asked_name, approved_by, approved_name, at_ms, offset_minutes)",
            "",
        );
        let mut flags = Rows::new(
            "flags (organisation_id, kind, sale_id, line, raised_at_ms, resolved, about)",
            "ON CONFLICT (organisation_id, kind, sale_id, line) DO NOTHING",
        );
        let organisation = self.organisation_id.to_string();
        for noted in &self.noted {
            let Some(store) = known.stores.iter().find(|store| store.id == noted.store_id).cloned() else {
                continue;
            };
            let mut flagged = BTreeSet::new();
            for (place, judged) in (1_i64..).zip(noted.judge(&store, &mut known)) {
                if is_planted(Planted::ApprovalLost) && judged.approval.is_some() {
                    continue;
                }
                rows.push(noted.row(&organisation, place, &judged, &store, &known)?);
                if let Some(kind) = FlagKind::of_approval(judged.state)
                    && flagged.insert((kind.word(), noted.line_of(&judged)))
                {
                    flags.push([
                        organisation.as_str().into(),
                        kind.word().into(),
                        // What is no sale is named by its entry.
                        noted.sale_id.map_or(noted.entry_id.0, |id| id.0).to_string().into(),
                        noted.line_of(&judged).into(),
                        now_ms.into(),
                        Value::Bool(false),
                        noted.person(&judged, &known).into(),
                    ]);
                }
            }
        }
        rows.write(tx).await?;
        flags.write(tx).await?;
        Ok(())
    }

    async fn known(&self, tx: &mut Tx) -> Result<Known, StoreError> {
        let organisation = self.organisation_id.to_string();
        let approvals = || self.noted.iter().flat_map(|noted| &noted.approvals);
        let named = |noted: &Noted| noted.staff_id;
        let people: BTreeSet<StaffId> = approvals()
            .flat_map(|approval| [approval.staff_id, approval.asked_by])
            .chain(self.noted.iter().filter_map(named))
            .collect();
        let people: Vec<String> = people.iter().map(ToString::to_string).collect();
        let mut known = Known {
            staff: HashMap::new(),
            stores: ground::stores(tx, self.organisation_id).await?,
            keys: HashMap::new(),
            used: HashSet::new(),
        };
        for chunk in people.chunks(100) {
            let staff = ground::staff(tx, self.organisation_id, Some(chunk)).await?;
            known.staff.extend(staff.into_iter().map(|member| (member.id, member)));
        }
        let approvers: BTreeSet<String> = approvals().map(|approval| approval.staff_id.to_string()).collect();
        for (person, key) in self.texts(tx, &organisation, approvers, KEYS).await? {
            known.keys.entry(person).or_default().extend(unhex(&key));
        }
        let ids: BTreeSet<String> = approvals().map(|approval| approval.id.to_string()).collect();
        known.used.extend(self.texts(tx, &organisation, ids, USED).await?.into_iter().map(|(id, _)| id));
        Ok(known)
    }

    /// Pairs of texts found by ids.
    async fn texts(
        &self,
        tx: &mut Tx,
        organisation: &str,
        ids: BTreeSet<String>,
        select: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let ids: Vec<String> = ids.into_iter().collect();
        let mut found = Vec::new();
        for chunk in ids.chunks(100) {
            let sql = format!("{select} IN ({})", places(2, chunk.len()));
            let ids = chunk.iter().map(|id| Value::from(id.as_str()));
            let values = std::iter::once(Value::from(organisation)).chain(ids).collect();
            found.extend(bulk::fetch::<(String, String)>(tx, &sql, values).await?);
        }
        Ok(found)
    }
}

const KEYS: &str = "SELECT staff_id, proof_key FROM approval_keys WHERE organisation_id = $1 AND staff_id";
const USED: &str = "SELECT approval_id, entry_hash FROM approvals WHERE organisation_id = $1 AND approval_id";

impl Noted {
    /// Its approvals in order, and after them what should have been approved. An approval of the right thing answers a need
    /// whatever it is worth: it is told by itself.
    fn judge<'a>(&'a self, store: &Store, known: &mut Known) -> Vec<Judged<'a>> {
        let mut judged = Vec::new();
        for approval in &self.approvals {
            let person = known.staff.get(&approval.staff_id);
            let may =
                person.is_some_and(|who| who.active && who.role.may(approval.subject.kind.permission()));
            let keys = known.keys.get(&approval.staff_id.to_string()).map_or(&[][..], Vec::as_slice);
            let is_proven = keys.iter().any(|key| approval.is_proven_by(key, self.device_id));
            let is_used = !known.used.insert(approval.id.to_string());
            let state = ApprovalState::judge(may, is_proven, is_used);
            let need = self.needs.iter().find(|need| approval.subject.covers(&need.subject));
            judged.push(Judged { state, approval: Some(approval), need });
        }
        // Of somebody who is not known here nothing can be told.
        let role = self.staff_id.and_then(|id| known.staff.get(&id)).map(|member| member.role);
        let Some(role) = role.filter(|_| !is_planted(Planted::ApprovalMissed)) else { return judged };
        let unasked =
            |need: &Need| need.subject.kind == ApprovalKind::Refund && is_planted(Planted::OtherWayUnasked);
        let asked = |need: &&Need| store.approval.ask(need, role) && !unasked(need);
        for need in self.needs.iter().filter(asked) {
            if !self.approvals.iter().any(|approval| approval.subject.covers(&need.subject)) {
                judged.push(Judged { state: ApprovalState::Missing, approval: None, need: Some(need) });
            }
        }
        judged
    }

    /// Which line of the sale it is about, from 1; 0 where it is none.
    fn line_of(&self, judged: &Judged<'_>) -> i64 {
        if let Some(need) = judged.need {
            return i64::from(need.line);
        }
        let line = judged.approval.and_then(|approval| approval.subject.line_id);
        let place = line.and_then(|line| self.lines.iter().position(|known| *known == line));
        place.and_then(|place| i64::try_from(place + 1).ok()).unwrap_or(0)
    }

    /// Whose doing a flag is: who approved, or who did not ask.
    fn person(&self, judged: &Judged<'_>, known: &Known) -> String {
        match judged.approval {
            Some(approval) => approval.staff_name.clone(),
            None => self.asked_name(None, known),
        }
    }

    fn asked_name(&self, approval: Option<&Approval>, known: &Known) -> String {
        let asked = approval.map(|approval| approval.asked_by).or(self.staff_id);
        let member = asked.filter(|_| asked != self.staff_id || self.staff_name.is_empty());
        let member = member.and_then(|id| known.staff.get(&id));
        member.map_or_else(|| self.staff_name.clone(), |member| member.name.clone())
    }

    fn row(
        &self,
        organisation: &str,
        place: i64,
        judged: &Judged<'_>,
        store: &Store,
        known: &Known,
    ) -> Result<[Value; 19], StoreError> {
        let approval = judged.approval;
        let subject = approval.map(|approval| &approval.subject).or(judged.need.map(|need| &need.subject));
        let kind = subject.map_or(ApprovalKind::Drawer, |subject| subject.kind);
        let own_amount = || subject.and_then(|subject| subject.amount).unwrap_or(Minor::ZERO);
        let worth = judged.need.map_or_else(own_amount, |need| need.worth);
        let asked = approval.map(|approval| approval.asked_by).or(self.staff_id);
        let time = approval.map_or(self.time, |approval| approval.time);
        Ok([
            organisation.into(),
            self.hash.as_str().into(),
            place.into(),
            approval.map(|approval| approval.id.to_string()).into(),
            judged.state.word().into(),
            kind.word().into(),
            self.sale_id.map(|id| id.to_string()).into(),
            serde_json::to_string(&subject)?.into(),
            judged.need.map_or("", |need| need.about.as_str()).into(),
            worth.0.into(),
            store.currency.code().into(),
            self.store_id.to_string().into(),
            self.device_id.to_string().into(),
            asked.map(|id| id.to_string()).into(),
            self.asked_name(approval, known).into(),
            approval.map(|approval| approval.staff_id.to_string()).into(),
            approval.map(|approval| approval.staff_name.clone()).into(),
            time.at_ms.into(),
            i64::from(time.offset_minutes).into(),
        ])
    }
}

/// Keeps what proves a person's approvals from now on; keys of before stay good.
pub async fn put_key(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    staff_id: StaffId,
    key: &str,
) -> Result<(), StoreError> {
    let mut rows = Rows::new(
        "approval_keys (organisation_id, staff_id, proof_key)",
        "ON CONFLICT (organisation_id, staff_id, proof_key) DO NOTHING",
    );
    rows.push([organisation_id.to_string().into(), staff_id.to_string().into(), key.into()]);
    rows.write(tx).await?;
    Ok(())
}

/// An approval as it stands in the books.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ApprovalRow {
    /// The record it is in.
    pub entry_hash: String,
    /// Its place there.
    pub place: i64,
    /// What the server made of it.
    pub state: String,
    /// In which sale; none of the drawer.
    pub sale_id: Option<String>,
    /// That sale's number.
    pub receipt_number: Option<String>,
    /// What was approved, as JSON.
    pub subject: String,
    /// What it is about, for a person.
    pub about: String,
    /// What it is worth.
    pub worth_minor: i64,
    /// In what.
    pub currency: String,
    /// Name of the register.
    pub register: Option<String>,
    /// Who asked, or should have.
    pub asked_name: String,
    /// Who approved; none where it is missing.
    pub approved_name: Option<String>,
    /// When, epoch ms.
    pub at_ms: i64,
    /// The shop's wall clock, minutes east of UTC.
    pub offset_minutes: i64,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ApprovalFilter {
    /// Only this store.
    pub store: Option<String>,
    /// Only of this kind.
    pub kind: Option<&'static str>,
    /// Only in this state.
    pub state: Option<&'static str>,
    /// Only what this person approved or asked for.
    pub staff: Option<String>,
    /// Only those of this sale.
    pub sale: Option<String>,
    /// All but those that are sound.
    pub is_unsound: bool,
}

/// Approvals, newest first, and how many there are. `after` is time, entry and place of the last row before.
pub async fn list(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    filter: &ApprovalFilter,
    after: Option<(i64, &str, i64)>,
    limit: i64,
) -> Result<(Vec<ApprovalRow>, u64), StoreError> {
    let mut condition = String::from("a.organisation_id = $1");
    let mut values: Vec<Value> = vec![organisation_id.to_string().into()];
    let equals = [
        ("a.store_id", filter.store.as_deref()),
        ("a.kind", filter.kind),
        ("a.state", filter.state),
        ("a.sale_id", filter.sale.as_deref()),
    ];
    for (column, value) in equals {
        if let Some(value) = value {
            values.push(value.into());
            condition.push_str(&format!(" AND {column} = ${}", values.len()));
        }
    }
    if let Some(staff) = &filter.staff {
        values.push(staff.as_str().into());
        let place = values.len();
        condition.push_str(&format!(" AND (a.approved_by = ${place} OR a.asked_by = ${place})"));
    }
    if filter.is_unsound {
        condition.push_str(" AND a.state <> 'sound'");
    }
    let count = format!("SELECT COUNT(*) FROM approvals a WHERE {condition}");
    let total: Vec<(i64,)> = bulk::fetch(tx, &count, values.clone()).await?;
    if let Some((at_ms, hash, place)) = after {
        let first = values.len() + 1;
        condition.push_str(&format!(
            " AND (a.at_ms, a.entry_hash, a.place) < (${first}, ${}, ${})",
            first + 1,
            first + 2
        ));
        values.extend([at_ms.into(), hash.into(), place.into()]);
    }
    values.push(limit.into());
    let sql = format!(
        "SELECT a.entry_hash, a.place, a.state, a.sale_id, s.receipt_number, a.subject, a.about, a.worth_minor, \
         a.currency, r.name AS register, a.asked_name, a.approved_name, a.at_ms, a.offset_minutes FROM approvals a \
         LEFT JOIN sales s ON s.organisation_id = a.organisation_id AND s.id = a.sale_id \
         LEFT JOIN devices d ON d.organisation_id = a.organisation_id AND d.id = a.device_id \
         LEFT JOIN registers r ON r.organisation_id = d.organisation_id AND r.id = d.register_id \
         WHERE {condition} ORDER BY a.at_ms DESC, a.entry_hash DESC, a.place DESC LIMIT ${}",
        values.len()
    );
    let rows = bulk::fetch(tx, &sql, values).await?;
    Ok((rows, total.first().map_or(0, |(count,)| u64::try_from(*count).unwrap_or(0))))
}
