//! Which grants belong to an application, a user, an organisation.

use core::ops::Bound;
use std::collections::{BTreeSet, HashMap};

use crate::token::{Grant, GrantId, GrantSelection};

#[derive(Debug, Default)]
pub(super) struct Index {
    consumers: Names,
    users: Names,
    organisations: Names,
    /// The one standing grant, by application and then organisation.
    standing: HashMap<String, HashMap<String, GrantId>>,
}

#[derive(Debug, Default)]
struct Names(HashMap<String, BTreeSet<GrantId>>);

impl Index {
    pub(super) fn add(&mut self, grant: &Grant) {
        self.consumers.add(&grant.consumer_key, grant.id);
        self.users.add(&grant.user, grant.id);
        self.organisations.add(&grant.organisation, grant.id);
        if grant.is_standing() {
            self.standing
                .entry(grant.consumer_key.clone())
                .or_default()
                .insert(grant.organisation.clone(), grant.id);
        }
    }

    pub(super) fn remove(&mut self, grant: &Grant) {
        self.consumers.remove(&grant.consumer_key, grant.id);
        self.users.remove(&grant.user, grant.id);
        self.organisations.remove(&grant.organisation, grant.id);
        if self.standing(&grant.consumer_key, &grant.organisation) != Some(grant.id) {
            return;
        }
        if let Some(organisations) = self.standing.get_mut(&grant.consumer_key) {
            organisations.remove(&grant.organisation);
            if organisations.is_empty() {
                self.standing.remove(&grant.consumer_key);
            }
        }
    }

    pub(super) fn standing(&self, consumer_key: &str, organisation: &str) -> Option<GrantId> {
        let organisations = self.standing.get(consumer_key)?;
        organisations.get(organisation).copied()
    }

    /// Ids from behind `after`; `None` if the selection is all there is.
    pub(super) fn select(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Option<Vec<GrantId>> {
        let ids = match selection {
            GrantSelection::All => return None,
            GrantSelection::Consumer(key) => self.consumers.0.get(key),
            GrantSelection::User(user) => self.users.0.get(user),
            GrantSelection::Organisation(organisation) => self.organisations.0.get(organisation),
        };
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let page = ids.map(|ids| ids.range((behind, Bound::Unbounded)));
        Some(page.into_iter().flatten().take(limit).copied().collect())
    }
}

impl Names {
    fn add(&mut self, name: &str, id: GrantId) {
        match self.0.get_mut(name) {
            Some(ids) => {
                ids.insert(id);
            }
            None => {
                self.0.insert(name.to_owned(), BTreeSet::from([id]));
            }
        }
    }

    fn remove(&mut self, name: &str, id: GrantId) {
        if let Some(ids) = self.0.get_mut(name) {
            ids.remove(&id);
            if ids.is_empty() {
                self.0.remove(name);
            }
        }
    }
}
