//! The eight scenes: what is done, and what the service must answer.

use super::application::{Application, Exchange};
use super::world::{USERS, World};
use crate::exit::Failure;

/// One way to be refused.
pub(super) struct Scene {
    pub(super) title: &'static str,
    pub(super) status: u16,
    /// The problem code that is due.
    pub(super) problem: &'static str,
    /// The advice that is due; `{token}` is the token that was presented.
    pub(super) advice: &'static str,
    pub(super) play: fn(&mut World) -> Result<Shown, Failure>,
}

/// What came of it.
pub(super) struct Shown {
    /// What was done before, in sentences.
    pub(super) story: Vec<String>,
    pub(super) by: Application,
    pub(super) exchange: Exchange,
}

impl Shown {
    /// The advice that is due, with the token that was presented.
    pub(super) fn advice(&self, scene: &Scene) -> String {
        let token = self.by.token.as_deref().unwrap_or_default();
        scene.advice.replace("{token}", token)
    }

    pub(super) fn is_as_expected(&self, scene: &Scene) -> bool {
        let exchange = &self.exchange;
        exchange.answer.status() == Some(scene.status)
            && exchange.value("oauth_problem") == Some(scene.problem)
            && exchange.value("oauth_problem_advice") == Some(&*self.advice(scene))
    }
}

const REVOKED: &str = "The access token has not been authorized, or has been revoked by the user";

pub(super) const SCENES: &[Scene] = &[
    Scene {
        title: "The user disconnects the application",
        status: 401,
        problem: "token_rejected",
        advice: REVOKED,
        play: revoked,
    },
    Scene {
        title: "The user's role changes",
        status: 401,
        problem: "token_rejected",
        advice: REVOKED,
        play: role_changed,
    },
    Scene {
        title: "A second login connects the same application",
        status: 401,
        problem: "token_rejected",
        advice: REVOKED,
        play: second_login,
    },
    Scene {
        title: "A renewal whose answer was not stored",
        status: 401,
        problem: "token_rejected",
        advice: "Token {token} does not match an expected REQUEST token",
        play: stale_renewal,
    },
    Scene {
        title: "The application's clock is 10 minutes slow",
        status: 401,
        problem: "timestamp_refused",
        advice: "The timestamp is too old, it must be at most 300 seconds before the server's \
                 current date and time",
        play: too_old,
    },
    Scene {
        title: "The application's clock is 10 minutes fast",
        status: 401,
        problem: "timestamp_refused",
        advice: "The timestamp is too far in the future, it must be at most 300 seconds after the \
                 server's current date and time",
        play: too_new,
    },
    Scene {
        title: "The certificate has expired",
        status: 400,
        problem: "signature_method_rejected",
        advice: "No certificates have been registered for the consumer",
        play: expired,
    },
    Scene {
        title: "The key is not the one of the certificate",
        status: 401,
        problem: "signature_invalid",
        advice: "Failed to validate signature",
        play: other_key,
    },
];

const TEN_MINUTES: i64 = 600;

fn connected(world: &World, user: &str) -> Result<Application, Failure> {
    let mut application = world.public();
    application.connect(world, user)?;
    let works = application.call(world, 0)?;
    if works.answer.status() == Some(200) {
        Ok(application)
    } else {
        Err(Failure::Work(
            "a new token is not accepted by the service".to_owned(),
        ))
    }
}

/// The same call once more, after something happened.
fn called_again(
    world: &World,
    by: Application,
    off: i64,
    story: Vec<String>,
) -> Result<Shown, Failure> {
    let exchange = by.call(world, off)?;
    Ok(Shown {
        story,
        by,
        exchange,
    })
}

fn works(by: &Application, user: &str) -> String {
    format!("{user} connected {}, and a call succeeded.", by.key)
}

fn revoked(world: &mut World) -> Result<Shown, Failure> {
    let [ann, ..] = USERS;
    let by = connected(world, ann)?;
    world.browser().disconnect(world, ann)?;
    let story = vec![
        works(&by, ann),
        format!("{ann} pressed Disconnect on {}/oauth/apps.", world.origin),
    ];
    called_again(world, by, 0, story)
}

fn role_changed(world: &mut World) -> Result<Shown, Failure> {
    let [_, ben, _] = USERS;
    let by = connected(world, ben)?;
    let command = world.change_role(ben, "read only")?;
    let story = vec![works(&by, ben), format!("An administrator ran: {command}")];
    called_again(world, by, 0, story)
}

fn second_login(world: &mut World) -> Result<Shown, Failure> {
    let [ann, _, cleo] = USERS;
    let by = connected(world, ann)?;
    let story = vec![
        works(&by, ann),
        format!("{cleo} connected it to the same organisation; its token replaces the first."),
    ];
    connected(world, cleo)?;
    called_again(world, by, 0, story)
}

fn stale_renewal(world: &mut World) -> Result<Shown, Failure> {
    let [ann, ..] = USERS;
    let mut by = world.partner();
    by.connect(world, ann)?;
    let first = by.renew(world)?;
    if first.value("oauth_token").is_none() {
        return Err(Failure::Work("the first renewal is refused".to_owned()));
    }
    let story = vec![
        format!("{ann} connected {}: token 1.", by.key),
        "It renewed token 1 and got token 2, which it did not store.".to_owned(),
        "It renews token 1 once more.".to_owned(),
    ];
    let exchange = by.renew(world)?;
    Ok(Shown {
        story,
        by,
        exchange,
    })
}

fn too_old(world: &mut World) -> Result<Shown, Failure> {
    with_a_clock(world, TEN_MINUTES.saturating_neg())
}

fn too_new(world: &mut World) -> Result<Shown, Failure> {
    with_a_clock(world, TEN_MINUTES)
}

fn with_a_clock(world: &World, off: i64) -> Result<Shown, Failure> {
    let [ann, ..] = USERS;
    let by = connected(world, ann)?;
    let story = vec![
        works(&by, ann),
        format!("Its clock is set {off:+} s; the signature is right."),
    ];
    called_again(world, by, off, story)
}

fn expired(world: &mut World) -> Result<Shown, Failure> {
    let by = world.private();
    let story = vec![format!(
        "The only certificate registered for {} expired a month ago; the signature is right.",
        by.key
    )];
    called_again(world, by, 0, story)
}

fn other_key(world: &mut World) -> Result<Shown, Failure> {
    let [ann, ..] = USERS;
    let mut with_right_key = world.partner();
    with_right_key.connect(world, ann)?;
    let mut by = world.partner_with_another_key();
    by.token.clone_from(&with_right_key.token);
    let story = vec![
        format!("{ann} connected {}.", by.key),
        "It signs with a key other than that of the certificate it registered.".to_owned(),
    ];
    called_again(world, by, 0, story)
}
