//! `countersign admin user`: who may log in, and where they belong.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_server::{Admin, Membership, UserRow, hash_password};

use super::report::{Report, ended, fields, table};
use super::{Trouble, secret};
use crate::exit::in_full;

const AFTER: &str = "\
Examples:
  countersign admin user add ann --password-file - --organisation 'Acme=standard'
  countersign admin user role ann Acme 'financial adviser'
  countersign admin user leave ann Acme
  countersign admin user remove ann
  countersign admin user hash --password-file password

Exit codes: 0 done, 1 there is none, or it is refused, 2 usage, 3 could not run.";

/// Look after the users who may log in and connect applications.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(super) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the users.
    #[command(after_help = AFTER)]
    List,
    /// Show one user.
    #[command(after_help = AFTER)]
    Show(Name),
    /// Register a user.
    #[command(after_help = AFTER)]
    Add {
        #[command(flatten)]
        user: Name,
        #[command(flatten)]
        password: PasswordFrom,
        /// Where the user belongs and by which role; may be given several times.
        #[arg(long, value_name = "ORGANISATION=ROLE", value_parser = place)]
        organisation: Vec<Membership>,
    },
    /// Give a user another password.
    #[command(after_help = AFTER)]
    Password {
        #[command(flatten)]
        user: Name,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Give a user a role in an organisation.
    ///
    /// If the role may not connect applications, the grants end that the user gave there.
    #[command(after_help = AFTER)]
    Role {
        #[command(flatten)]
        user: Name,
        /// The organisation.
        #[arg(value_name = "ORGANISATION")]
        organisation: String,
        /// The role.
        #[arg(value_name = "ROLE")]
        role: String,
    },
    /// Take a user out of an organisation; the grants end that the user gave there.
    #[command(after_help = AFTER)]
    Leave {
        #[command(flatten)]
        user: Name,
        /// The organisation.
        #[arg(value_name = "ORGANISATION")]
        organisation: String,
    },
    /// Take a user out; all grants that the user gave end.
    #[command(after_help = AFTER)]
    Remove(Name),
    /// Print the hash of a password, for `password_hash` in a configuration.
    #[command(after_help = AFTER)]
    Hash {
        #[command(flatten)]
        password: PasswordFrom,
    },
}

#[derive(Args, Debug)]
struct Name {
    /// The name to log in with.
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(Args, Debug)]
struct PasswordFrom {
    /// The file with the password, on one line; - for standard input.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
}

/// `Acme=standard`; the name of the organisation may have a `=` in it.
fn place(text: &str) -> Result<Membership, String> {
    let (name, role) = text
        .rsplit_once('=')
        .ok_or("expected ORGANISATION=ROLE, found no =")?;
    Ok(Membership::new(name, role))
}

impl User {
    /// What needs no store.
    pub(super) fn without_store(&self) -> Result<Option<Report>, Trouble> {
        let Command::Hash { password } = &self.command else {
            return Ok(None);
        };
        let hash = hash_password(&secret::read(&password.password_file)?)
            .map_err(|error| Trouble::Refused(in_full(&error)))?;
        Ok(Some(Report::new(&*hash).with("password_hash", &hash)?))
    }

    pub(super) async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        match &self.command {
            Command::List => {
                let rows = admin.users().await?;
                let lines: Vec<_> = rows.iter().map(line).collect();
                let report = Report::new(table(&lines, "Nobody may log in."));
                Ok(report.with("users", rows)?)
            }
            Command::Show(Name { name }) => shown(admin, name).await,
            Command::Add {
                user: Name { name },
                password,
                organisation,
            } => {
                let password = secret::read(&password.password_file)?;
                admin
                    .add_user(name, &password, organisation.clone())
                    .await?;
                Ok(shown(admin, name)
                    .await?
                    .overruled(admin.is_user_in_config(name), "user", name))
            }
            Command::Password {
                user: Name { name },
                password,
            } => {
                let password = secret::read(&password.password_file)?;
                admin.change_password(name, &password).await?;
                Ok(Report::new(format!("{name} has another password"))
                    .with("user", admin.user(name).await?)?
                    .overruled(admin.is_user_in_config(name), "user", name))
            }
            Command::Role {
                user: Name { name },
                organisation,
                role,
            } => {
                let grants = admin.change_role(name, organisation, role).await?;
                let text = format!("{name} is {role} in {organisation}, {}", ended(grants));
                Ok(changed(admin, name, text, grants)?.with("user", admin.user(name).await?)?)
            }
            Command::Leave {
                user: Name { name },
                organisation,
            } => {
                let grants = admin.leave(name, organisation).await?;
                let text = format!("{name} left {organisation}, {}", ended(grants));
                Ok(changed(admin, name, text, grants)?.with("user", admin.user(name).await?)?)
            }
            Command::Remove(Name { name }) => {
                let grants = admin.remove_user(name).await?;
                let text = format!("{name} is removed, {}", ended(grants));
                Ok(changed(admin, name, text, grants)?.with("removed", name)?)
            }
            // Done without a store.
            Command::Hash { .. } => Ok(Report::default()),
        }
    }
}

fn changed(admin: &Admin, name: &str, text: String, grants: usize) -> Result<Report, Trouble> {
    let report = Report::new(text).with("grants_ended", grants)?;
    Ok(report.overruled(admin.is_user_in_config(name), "user", name))
}

async fn shown(admin: &Admin, name: &str) -> Result<Report, Trouble> {
    let row = admin.user(name).await?;
    let mut lines = vec![("name", row.name.clone())];
    lines.extend(row.organisations.iter().map(|place| {
        let may = if place.may_connect {
            "may connect applications"
        } else {
            "may not connect applications"
        };
        (
            "organisation",
            format!("{}  {}, {may}", place.name, place.role),
        )
    }));
    Ok(Report::new(fields(&lines)).with("user", row)?)
}

fn line(row: &UserRow) -> [String; 2] {
    let places = row.organisations.iter();
    let places: Vec<_> = places
        .map(|place| format!("{}={}", place.name, place.role))
        .collect();
    [row.name.clone(), places.join(", ")]
}
