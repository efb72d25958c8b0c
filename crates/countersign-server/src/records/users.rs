//! Users who may log in, and where they belong.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use countersign_key::Secret;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Records, RecordsError};
use crate::config::Membership;

/// The least length of a password, in characters.
const SHORTEST_PASSWORD: usize = 8;

/// The longest password that is hashed, in bytes: hashing is dear, and the sender chooses.
const LONGEST_PASSWORD: usize = 1024;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The name to log in with.
    pub name: String,
    /// Where the user belongs, by the name of the organisation.
    pub organisations: Vec<Membership>,
}

impl User {
    /// The role in one organisation.
    #[must_use]
    pub fn role(&self, organisation: &str) -> Option<&str> {
        self.organisations
            .iter()
            .find(|place| place.name == organisation)
            .map(|place| place.role.as_str())
    }
}

/// A user can't be registered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserError {
    /// The hash is not one that can be checked.
    #[error("expected an Argon2 hash in PHC format for user {name:?}")]
    Hash {
        /// The user.
        name: String,
    },
    /// No name, or one that is too long.
    #[error("expected a user name of 1 to 255 bytes without control characters")]
    Name,
    /// A password that is too short or too long.
    #[error(
        "expected a password of at least {SHORTEST_PASSWORD} characters and at most {LONGEST_PASSWORD} bytes"
    )]
    Password,
    /// The file failed.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

/// What an unknown name is checked against, so that it takes as long as a known one.
pub(super) static NOBODY: LazyLock<Option<String>> =
    LazyLock::new(|| hash(&Secret::new("the password of nobody at all")).ok());

/// The hash of a password, as it is kept: Argon2id with a random salt.
///
/// # Errors
///
/// The password is too short or too long.
pub fn hash(password: &Secret) -> Result<String, UserError> {
    let text = password.expose_secret();
    if text.chars().count() < SHORTEST_PASSWORD || text.len() > LONGEST_PASSWORD {
        return Err(UserError::Password);
    }
    Argon2::default()
        .hash_password(text.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| UserError::Password)
}

pub(super) fn matches(password: &Secret, hash: &str) -> bool {
    let text = password.expose_secret();
    text.len() <= LONGEST_PASSWORD
        && PasswordHash::new(hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(text.as_bytes(), &hash)
                .is_ok()
        })
}

impl Records {
    /// The user of this name.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub async fn user(&self, name: &str) -> Result<Option<User>, RecordsError> {
        let name = name.to_owned();
        self.work("read", move |connection| read(connection, &name))
            .await
    }

    /// All users, by name.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub async fn users(&self) -> Result<Vec<User>, RecordsError> {
        self.work("read", |connection| {
            let names: Vec<String> = connection
                .prepare_cached("SELECT name FROM user ORDER BY name")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let users = names.iter().map(|name| read(connection, name));
            users.filter_map(Result::transpose).collect()
        })
        .await
    }

    /// The user, if the password is right. It takes as long if there is none.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub async fn log_in(&self, name: &str, password: Secret) -> Result<Option<User>, RecordsError> {
        let found = self.log_in_marked(name, password).await?;
        Ok(found.map(|(user, _)| user))
    }

    /// Registers a user, or replaces one.
    ///
    /// # Errors
    ///
    /// The name or the hash is refused, or the file failed.
    pub async fn put_user(&self, user: User, password_hash: String) -> Result<(), UserError> {
        check_user(&user, &password_hash)?;
        self.work("change", move |connection| {
            let change = connection.transaction()?;
            change.execute(
                "INSERT INTO user (name, password_hash) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash",
                params![user.name, password_hash],
            )?;
            change.execute("DELETE FROM membership WHERE user = ?1", [&user.name])?;
            for place in &user.organisations {
                join(&change, &user.name, place)?;
            }
            change.commit()
        })
        .await?;
        Ok(())
    }

    /// Registers a user unless there is one of this name. Gives whether the user is new.
    ///
    /// # Errors
    ///
    /// The name or the hash is refused, or the file failed.
    pub async fn add_user(&self, user: User, password_hash: String) -> Result<bool, UserError> {
        check_user(&user, &password_hash)?;
        let added = self
            .work("change", move |connection| {
                let change = connection.transaction()?;
                let added = change.execute(
                    "INSERT INTO user (name, password_hash) VALUES (?1, ?2)
                     ON CONFLICT (name) DO NOTHING",
                    params![user.name, password_hash],
                )?;
                for place in user.organisations.iter().filter(|_| added > 0) {
                    join(&change, &user.name, place)?;
                }
                change.commit()?;
                Ok(added > 0)
            })
            .await?;
        Ok(added)
    }

    /// Gives a user another password. Gives whether there is such a user.
    ///
    /// # Errors
    ///
    /// The hash is refused, or the file failed.
    pub async fn set_password(&self, name: &str, password_hash: String) -> Result<bool, UserError> {
        let user = User {
            name: name.to_owned(),
            organisations: Vec::new(),
        };
        check_user(&user, &password_hash)?;
        let changed = self
            .work("change", move |connection| {
                connection.execute(
                    "UPDATE user SET password_hash = ?2 WHERE name = ?1",
                    params![user.name, password_hash],
                )
            })
            .await?;
        Ok(changed > 0)
    }

    /// Takes a user out. Gives who it was; their grants are another matter.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub async fn remove_user(&self, name: &str) -> Result<Option<User>, RecordsError> {
        let name = name.to_owned();
        self.work("change", move |connection| {
            let change = connection.transaction()?;
            let user = read(&change, &name)?;
            change.execute("DELETE FROM user WHERE name = ?1", [&name])?;
            change.commit()?;
            Ok(user)
        })
        .await
    }

    /// Gives a user a role in an organisation, or takes them out of it. Gives whether there is such
    /// a user.
    ///
    /// # Errors
    ///
    /// The file failed.
    pub async fn set_role(
        &self,
        name: &str,
        organisation: &str,
        role: Option<&str>,
    ) -> Result<bool, RecordsError> {
        let (name, organisation) = (name.to_owned(), organisation.to_owned());
        let role = role.map(str::to_owned);
        self.work("change", move |connection| {
            let change = connection.transaction()?;
            let known = read(&change, &name)?.is_some();
            match (known, role) {
                (false, _) => {}
                (true, Some(role)) => {
                    let place = Membership::new(organisation, role);
                    join(&change, &name, &place)?;
                }
                (true, None) => {
                    change.execute(
                        "DELETE FROM membership WHERE user = ?1 AND organisation = ?2",
                        [&name, &organisation],
                    )?;
                }
            }
            change.commit()?;
            Ok(known)
        })
        .await
    }
}

fn check_user(user: &User, password_hash: &str) -> Result<(), UserError> {
    let name = &user.name;
    if name.is_empty() || name.len() > 255 || name.chars().any(char::is_control) {
        return Err(UserError::Name);
    }
    let argon2 = PasswordHash::new(password_hash)
        .is_ok_and(|hash| hash.algorithm.as_str().starts_with("argon2"));
    if argon2 {
        Ok(())
    } else {
        Err(UserError::Hash { name: name.clone() })
    }
}

fn join(connection: &Connection, user: &str, place: &Membership) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO membership (user, organisation, role) VALUES (?1, ?2, ?3)
             ON CONFLICT (user, organisation) DO UPDATE SET role = excluded.role",
        )?
        .execute(params![user, place.name, place.role])
        .map(drop)
}

pub(super) fn read(connection: &Connection, name: &str) -> rusqlite::Result<Option<User>> {
    let known: Option<String> = connection
        .prepare_cached("SELECT name FROM user WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    let Some(name) = known else {
        return Ok(None);
    };
    let organisations = connection
        .prepare_cached(
            "SELECT organisation, role FROM membership WHERE user = ?1 ORDER BY organisation",
        )?
        .query_map([&name], |row| {
            Ok(Membership::new(
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(User {
        name,
        organisations,
    }))
}
