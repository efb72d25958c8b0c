//! Users, and what becomes of their grants.

use countersign_key::Secret;

use super::rows::UserRow;
use super::trail::Note;
use super::{Admin, AdminError};
use crate::config::Membership;
use crate::lifecycle::organisations_with_grants;
use crate::records::{User, UserError, hash_password};

impl Admin {
    /// All users, by name.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub async fn users(&self) -> Result<Vec<UserRow>, AdminError> {
        let users = self.records.users().await?;
        Ok(users.iter().map(|user| self.user_row(user)).collect())
    }

    /// One user.
    ///
    /// # Errors
    ///
    /// There is none, or the file failed.
    pub async fn user(&self, name: &str) -> Result<UserRow, AdminError> {
        let user = self.records.user(name).await?;
        let user = user.ok_or_else(|| unknown(name))?;
        Ok(self.user_row(&user))
    }

    /// Registers a user.
    ///
    /// # Errors
    ///
    /// The user is there already, what was given is refused, or the file failed.
    pub async fn add_user(
        &self,
        name: &str,
        password: &Secret,
        organisations: Vec<Membership>,
    ) -> Result<UserRow, AdminError> {
        for place in &organisations {
            check_place(&place.name, Some(&place.role))?;
        }
        let user = User {
            name: name.to_owned(),
            organisations,
        };
        let refused = |source| refused(name, source);
        let hash = hash_password(password).map_err(refused)?;
        let begun = self.trail.ready().await?;
        if !self.records.add_user(user, hash).await.map_err(refused)? {
            return Err(AdminError::Exists {
                what: "user",
                name: name.to_owned(),
            });
        }
        let note = Note::new("user_add").with("user", name);
        self.trail.note(begun, self.now(), note).await?;
        self.user(name).await
    }

    /// Gives a user another password; with the old one nobody logs in any more.
    ///
    /// # Errors
    ///
    /// There is no such user, the password is refused, or the file failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn change_password(&self, name: &str, password: &Secret) -> Result<(), AdminError> {
        let refused = |source| refused(name, source);
        let hash = hash_password(password).map_err(refused)?;
        let begun = self.trail.begin();
        if !self
            .records
            .set_password(name, hash)
            .await
            .map_err(refused)?
        {
            return Err(unknown(name));
        }
        let note = Note::new("password_change").with("user", name);
        self.trail.note(begun, self.now(), note).await
    }

    /// Gives a user a role in an organisation. If it may not connect applications, the grants that
    /// the user gave there end; gives how many.
    ///
    /// # Errors
    ///
    /// There is no such user, what was given is refused, or a file failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn change_role(
        &self,
        name: &str,
        organisation: &str,
        role: &str,
    ) -> Result<usize, AdminError> {
        check_place(organisation, Some(role))?;
        let begun = if self.provider.settings().may_connect(role) {
            self.trail.ready().await?
        } else {
            self.trail.begin()
        };
        if !self
            .records
            .set_role(name, organisation, Some(role))
            .await?
        {
            return Err(unknown(name));
        }
        let note = Note::new("role_change").with("user", name);
        let note = note.with("organisation", organisation).with("role", role);
        let now = self.now();
        self.trail.leave(now, note).await;
        let ended = self
            .provider
            .role_changed(name, organisation, role, now)
            .await?;
        self.trail.is_whole(begun)?;
        Ok(ended)
    }

    /// Takes a user out of an organisation: the grants that the user gave there end. Gives how many.
    ///
    /// # Errors
    ///
    /// There is no such user, or one who was never there; or a file failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn leave(&self, name: &str, organisation: &str) -> Result<usize, AdminError> {
        check_place(organisation, None)?;
        let user = self.records.user(name).await?;
        let user = user.ok_or_else(|| unknown(name))?;
        let begun = self.trail.begin();
        self.records.set_role(name, organisation, None).await?;
        let note = Note::new("user_leave").with("user", name);
        let (note, now) = (note.with("organisation", organisation), self.now());
        self.trail.leave(now, note).await;
        // Also where the row was gone already: an earlier try may have ended half-way.
        let ended = self.provider.user_removed(name, organisation, now).await?;
        self.trail.is_whole(begun)?;
        if ended == 0 && user.role(organisation).is_none() {
            return Err(AdminError::NotFound {
                what: "place",
                name: format!("of {name:?} in {organisation:?}"),
            });
        }
        Ok(ended)
    }

    /// Takes a user out: all grants that the user gave end. Gives how many.
    ///
    /// # Errors
    ///
    /// There is no such user and no grant of one; or a file failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn remove_user(&self, name: &str) -> Result<usize, AdminError> {
        let begun = self.trail.begin();
        let removed = self.records.remove_user(name).await?;
        if removed.is_some() {
            let note = Note::new("user_remove").with("user", name);
            self.trail.leave(self.now(), note).await;
        }
        // Also those that an earlier try left, and those for organisations left long ago.
        let tokens = &self.provider.stores().tokens;
        let (mut organisations, damaged) = organisations_with_grants(tokens, name).await?;
        let places = removed.iter().flat_map(|user| &user.organisations);
        organisations.extend(places.map(|place| place.name.clone()));
        let mut ended = 0_usize;
        for organisation in &organisations {
            let now = self.now();
            let more = self.provider.user_removed(name, organisation, now).await?;
            ended = ended.saturating_add(more);
        }
        self.trail.is_whole(begun)?;
        if let Some(error) = damaged {
            return Err(error.into());
        }
        if removed.is_none() && ended == 0 {
            return Err(unknown(name));
        }
        Ok(ended)
    }

    fn user_row(&self, user: &User) -> UserRow {
        let in_config = self.is_user_in_config(&user.name);
        UserRow::of(user, in_config, |role| {
            self.provider.settings().may_connect(role)
        })
    }
}

fn refused(name: &str, source: UserError) -> AdminError {
    AdminError::User {
        name: name.to_owned(),
        source,
    }
}

fn unknown(name: &str) -> AdminError {
    AdminError::NotFound {
        what: "user",
        name: format!("{name:?}"),
    }
}

/// The longest name of an organisation or role, in bytes.
const LONGEST: usize = 255;

fn check_place(organisation: &str, role: Option<&str>) -> Result<(), AdminError> {
    let given = [("an organisation", Some(organisation)), ("a role", role)];
    for (what, name) in given {
        let Some(name) = name else { continue };
        let found = if name.trim().is_empty() {
            "nothing"
        } else if name.len() > LONGEST {
            "a longer one"
        } else if name.chars().any(char::is_control) {
            "a control character"
        } else {
            continue;
        };
        return Err(AdminError::Name { what, found });
    }
    Ok(())
}
