//! The rows, with what finds them.

use core::ops::Bound;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_token::TemporaryState;

use crate::error::StoreError;
use crate::fingerprint::Fingerprint;
use crate::memory::token::index::Index;
use crate::memory::token::limits::TokenLimits;
use crate::token::{
    AccessToken, Change, Grant, GrantId, GrantSelection, TemporaryCredentials, TokenAndGrant,
};
use crate::version::{Commit, Expected, Version, Versioned};

#[derive(Debug, Default)]
pub(super) struct Tables {
    temporary: HashMap<Fingerprint, Arc<Versioned<TemporaryCredentials>>>,
    grants: BTreeMap<GrantId, Arc<Versioned<Grant>>>,
    access: HashMap<Fingerprint, Arc<AccessToken>>,
    /// Temporary credentials of each application that has any.
    asked: HashMap<String, usize>,
    /// Access tokens of each grant that has any.
    issued: HashMap<GrantId, usize>,
    index: Index,
    due: BTreeSet<(UnixTime, Row)>,
}

/// In this order they are forgotten: an access token before its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Temporary(Fingerprint),
    Access(Fingerprint),
    Grant(GrantId),
}

impl Tables {
    pub(super) fn temporary(
        &self,
        token: Fingerprint,
    ) -> Option<Arc<Versioned<TemporaryCredentials>>> {
        self.temporary.get(&token).cloned()
    }

    pub(super) fn approved(&self, organisation: &str) -> Vec<Arc<Versioned<TemporaryCredentials>>> {
        let is_due = |row: &TemporaryCredentials| {
            row.state == TemporaryState::Approved
                && row.organisation.as_deref() == Some(organisation)
        };
        let due = self.temporary.values().filter(|found| is_due(&found.row));
        due.cloned().collect()
    }

    pub(super) fn temporary_count(&self, consumer_key: &str) -> usize {
        self.asked.get(consumer_key).copied().unwrap_or_default()
    }

    pub(super) fn access(&self, token: Fingerprint) -> Option<TokenAndGrant> {
        let access = self.access.get(&token)?;
        let grant = self.grants.get(&access.grant)?;
        Some((Arc::clone(access), Arc::clone(grant)))
    }

    pub(super) fn grant(&self, id: GrantId) -> Option<Arc<Versioned<Grant>>> {
        self.grants.get(&id).cloned()
    }

    pub(super) fn standing(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Option<Arc<Versioned<Grant>>> {
        self.grant(self.index.standing(consumer_key, organisation)?)
    }

    pub(super) fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Vec<Arc<Versioned<Grant>>> {
        if let Some(ids) = self.index.select(selection, after, limit) {
            return ids.into_iter().filter_map(|id| self.grant(id)).collect();
        }
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let all = self.grants.range((behind, Bound::Unbounded));
        all.take(limit).map(|(_, row)| Arc::clone(row)).collect()
    }

    /// Everything that may fail comes before the first row is written.
    pub(super) fn commit(
        &mut self,
        change: Change,
        limits: &TokenLimits,
    ) -> Result<Commit, StoreError> {
        if !self.is_as_expected(&change) || !self.leaves_one_standing(&change) {
            return Ok(Commit::Conflict);
        }
        let absent = |expected: &&Expected| **expected == Expected::Absent;
        let temporary = change.temporary_rows().iter().map(|(expected, _)| expected);
        let grants = change.grant_rows().iter().map(|(expected, _)| expected);
        limits.admit(
            more(self.temporary.len(), temporary.filter(absent).count()),
            more(self.grants.len(), grants.filter(absent).count()),
            more(self.access.len(), change.access_rows().len()),
        )?;
        let (temporary, grants, access) = change.into_rows();
        for (_, row) in temporary {
            self.put_temporary(row);
        }
        for (_, row) in grants {
            self.put_grant(row);
        }
        for row in access {
            self.put_access(row);
        }
        Ok(Commit::Done)
    }

    pub(super) fn forget(&mut self, now: UnixTime, limit: usize) -> usize {
        let rows: Vec<_> = self
            .due
            .iter()
            .take_while(|(forget_after, _)| *forget_after < now)
            .map(|(_, row)| *row)
            .filter(|row| !self.is_needed(*row))
            .take(limit)
            .collect();
        for row in &rows {
            match row {
                Row::Temporary(token) => self.drop_temporary(*token),
                Row::Access(token) => self.drop_access(*token),
                Row::Grant(id) => self.drop_grant(*id),
            }
        }
        rows.len()
    }

    /// Each row once, and as the change expects it.
    fn is_as_expected(&self, change: &Change) -> bool {
        let mut temporary = HashSet::new();
        let mut grants = HashSet::new();
        let mut access = HashSet::new();
        change.temporary_rows().iter().all(|(expected, row)| {
            let found = self.temporary.get(&row.token).map(|found| found.version);
            temporary.insert(row.token) && expected.holds(found)
        }) && change.grant_rows().iter().all(|(expected, row)| {
            let found = self.grants.get(&row.id).map(|found| found.version);
            grants.insert(row.id) && expected.holds(found)
        }) && change.access_rows().iter().all(|row| {
            let has_grant = grants.contains(&row.grant) || self.grants.contains_key(&row.grant);
            has_grant && access.insert(row.token) && !self.access.contains_key(&row.token)
        })
    }

    fn leaves_one_standing(&self, change: &Change) -> bool {
        let changed: HashSet<_> = change.grant_rows().iter().map(|(_, row)| row.id).collect();
        let mut pairs = HashSet::new();
        let standing = change.grant_rows().iter().map(|(_, row)| row);
        standing.filter(|row| row.is_standing()).all(|row| {
            let other = self.index.standing(&row.consumer_key, &row.organisation);
            let free = other.is_none_or(|other| changed.contains(&other));
            free && pairs.insert((&row.consumer_key, &row.organisation))
        })
    }

    fn is_needed(&self, row: Row) -> bool {
        matches!(row, Row::Grant(id) if self.issued.contains_key(&id))
    }

    fn put_temporary(&mut self, row: TemporaryCredentials) {
        let (token, forget_after) = (row.token, row.forget_after);
        let version = next(self.temporary.get(&token).map(|found| found.version));
        self.drop_temporary(token);
        let count = self.asked.entry(row.consumer_key.clone()).or_default();
        *count = count.saturating_add(1);
        self.due.insert((forget_after, Row::Temporary(token)));
        let row = Arc::new(Versioned::new(version, row));
        self.temporary.insert(token, row);
    }

    fn put_grant(&mut self, row: Grant) {
        let (id, forget_after) = (row.id, row.forget_after);
        let version = next(self.grants.get(&id).map(|found| found.version));
        self.drop_grant(id);
        self.index.add(&row);
        self.due.insert((forget_after, Row::Grant(id)));
        self.grants
            .insert(id, Arc::new(Versioned::new(version, row)));
    }

    fn put_access(&mut self, row: AccessToken) {
        let count = self.issued.entry(row.grant).or_default();
        *count = count.saturating_add(1);
        self.due.insert((row.forget_after, Row::Access(row.token)));
        self.access.insert(row.token, Arc::new(row));
    }

    fn drop_temporary(&mut self, token: Fingerprint) {
        let Some(old) = self.temporary.remove(&token) else {
            return;
        };
        let forget_after = old.row.forget_after;
        self.due.remove(&(forget_after, Row::Temporary(token)));
        if let Some(count) = self.asked.get_mut(&old.row.consumer_key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.asked.remove(&old.row.consumer_key);
            }
        }
    }

    fn drop_grant(&mut self, id: GrantId) {
        if let Some(old) = self.grants.remove(&id) {
            self.index.remove(&old.row);
            self.due.remove(&(old.row.forget_after, Row::Grant(id)));
        }
    }

    fn drop_access(&mut self, token: Fingerprint) {
        let Some(old) = self.access.remove(&token) else {
            return;
        };
        self.due.remove(&(old.forget_after, Row::Access(token)));
        if let Some(count) = self.issued.get_mut(&old.grant) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.issued.remove(&old.grant);
            }
        }
    }
}

fn next(found: Option<Version>) -> Version {
    found.map_or(Version::FIRST, Version::next)
}

const fn more(held: usize, new: usize) -> usize {
    held.saturating_add(new)
}
