//! What the steps of a flow share: the client of a profile, sending, what a refusal comes to.

use core::time::Duration;

use countersign_client::connections::Loss;
use countersign_client::{
    AnswerError, Attempts, CallbackError, Client, Next, Service, SignError, Stamp,
};
use countersign_clock::{UnixTime, system};
use countersign_doctor::Keys;
use countersign_signature::OsRandom;
use ureq::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, LOCATION};
use ureq::http::{HeaderValue, Request, Response};

use crate::commands::doctor;
use crate::commands::request::{exchange, show};
use crate::connections;
use crate::credentials;
use crate::exit::{Failure, in_full};
use crate::keys_file::{KeySet, Written};
use crate::network::{self, Unsent};
use crate::output;
use crate::profile::{Name, Profile, Profiles};

/// How long a token endpoint may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The profile that is meant, named on standard error if no option names it.
pub(super) fn profile(named: Option<&Name>) -> Result<(Profiles, Profile), Failure> {
    if let Some(name) = named {
        let profiles = Profiles::open()?;
        let profile = profiles.read(name)?;
        return Ok((profiles, profile));
    }
    let Some((profiles, profile, by)) = credentials::find_in_use()? else {
        return Err(Failure::Usage(
            "no profile: give --profile NAME; countersign profile use sets one for all commands"
                .to_owned(),
        ));
    };
    output::note(&format!("profile: {} ({by})", profile.name));
    Ok((profiles, profile))
}

/// The addresses of the profile, asked as the provider of its preset wants it.
pub(crate) fn service(written: &Written) -> Result<Service, Failure> {
    let access_token = written.access_token_url.as_deref();
    let access_token = access_token.ok_or_else(|| lacks("access_token_url"))?;
    let service = match (&written.request_token_url, &written.authorize_url) {
        (Some(request_token), Some(authorize)) => {
            Service::new(request_token, authorize, access_token)
        }
        (Some(request_token), None) => Service::without_page(request_token, access_token),
        (None, _) => Service::token_only(access_token),
    };
    let service = service.map_err(|error| Failure::work(&error))?;
    Ok(match written.row() {
        Some(row) => service.with_flow(row.flow),
        None => service,
    })
}

/// What a profile lacks for a flow.
pub(super) fn lacks(line: &str) -> Failure {
    Failure::Credentials(format!(
        "{line} is missing in the profile; write it into its file, which countersign profile show names: {line} = \"https://...\""
    ))
}

/// An answer, and the request that it is to.
pub(crate) struct Answered {
    pub(crate) request: Request<Vec<u8>>,
    pub(crate) response: Response<Vec<u8>>,
    /// When it came.
    pub(crate) at: UnixTime,
}

/// Makes a request of a flow, signed.
pub(crate) type Make<'m> = dyn Fn(Stamp<'_>) -> Result<Request<Vec<u8>>, SignError> + 'm;

/// Sends a request of a flow; once more if the answer shows that the clock is off.
pub(super) fn send(attempts: Attempts, make: &Make<'_>) -> Result<Answered, Failure> {
    Ok(send_within(&|| Some(PATIENCE), attempts, make, &|| {})?)
}

/// How long the next request may take, if there is time for one.
pub(crate) type Patience<'p> = dyn Fn() -> Option<Duration> + 'p;

/// The same, with another patience.
pub(crate) fn send_within(
    patience: &Patience<'_>,
    mut attempts: Attempts,
    make: &Make<'_>,
    came: &dyn Fn(),
) -> Result<Answered, Unsent> {
    let over = || Unsent::never(Failure::Work("the time for it was over".to_owned()));
    let mut agent = network::agent(patience().ok_or_else(over)?);
    let mut offset = 0;
    loop {
        let mut random = OsRandom::new();
        let now = system::now().saturating_add(offset);
        let stamp = Stamp::drawn(now, &mut random);
        let stamp = stamp.map_err(|error| Unsent::never(Failure::work(&error)))?;
        let request = make(stamp);
        let mut request = request.map_err(|error| Unsent::never(Failure::Work(in_full(&error))))?;
        // Some servers compress unless they are told, and a token that can't be read is lost.
        let identity = HeaderValue::from_static("identity");
        request.headers_mut().insert(ACCEPT_ENCODING, identity);
        let response = exchange::send(&agent, &request, exchange::Most::OfToken, came)?;
        let at = system::now();
        if let (0, Next::CorrectClock(estimate), Some(patience)) =
            (offset, attempts.next(&response, at), patience())
            && estimate.offset_seconds() != 0
        {
            agent = network::agent(patience);
            offset = estimate.offset_seconds();
            output::note(&format!(
                "the timestamp was refused: the clocks differ by {} s; sent once more with a corrected one (countersign clock)",
                offset.unsigned_abs()
            ));
            continue;
        }
        return Ok(Answered {
            request,
            response,
            at,
        });
    }
}

/// Warns of a clock that is off and of a certificate that ends.
pub(super) fn watch(
    profiles: &Profiles,
    profile: &Profile,
    answered: Option<&Answered>,
) -> Result<(), Failure> {
    let ends = keys(profile)?.certificate_end();
    let ahead = answered.and_then(|answered| network::ahead(&answered.response));
    connections::watch(profiles, &profile.name, ahead, ends);
    Ok(())
}

/// Why there is no token.
pub(super) struct NoToken {
    /// In one sentence.
    pub(super) why: String,
    /// The problem that the provider names.
    pub(super) problem: Option<String>,
    /// What the doctor says of it, text and document.
    pub(super) explained: Option<(String, serde_json::Value)>,
}

impl NoToken {
    /// The user's decision, or a callback that is none.
    pub(super) fn without_answer(error: &CallbackError) -> Self {
        let problem = match error {
            CallbackError::Problem { code } => Some(code.as_str().to_owned()),
            _ => None,
        };
        Self {
            why: in_full(error),
            problem,
            explained: None,
        }
    }

    /// A grant that was lost before, so that nothing was sent.
    pub(super) fn lost(loss: &Loss) -> Self {
        Self {
            why: format!("{}. {}", loss.cause, loss.advice()),
            problem: None,
            explained: None,
        }
    }

    pub(super) fn of(
        error: &AnswerError,
        answered: &Answered,
        keys: &Keys,
    ) -> Result<Self, Failure> {
        let explained = match error.refused() {
            None => None,
            Some(_) => {
                let request = show::owned(&answered.request)?;
                let answer = exchange::owned(&answered.response);
                let explained = doctor::explain(request, answer, keys);
                Some((explained.text, explained.document))
            }
        };
        Ok(Self {
            why: format!("{}{}", in_full(error), found(error, answered)),
            problem: error.refused().map(|it| it.code().as_str().to_owned()),
            explained,
        })
    }
}

/// What there was in place of an answer, where the error does not say.
fn found(error: &AnswerError, answered: &Answered) -> String {
    let response = &answered.response;
    let field = |name| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(ToOwned::to_owned)
    };
    match error {
        AnswerError::Redirected { .. } => {
            // A query may hold a token.
            let target = field(LOCATION)
                .map(|it| it.split(['?', '#']).next().unwrap_or_default().to_owned());
            target.map_or_else(String::new, |target| format!(" to {target}"))
        }
        AnswerError::NoForm | AnswerError::Missing { .. } => format!(
            " (status {}, {})",
            response.status().as_u16(),
            field(CONTENT_TYPE).unwrap_or_else(|| "no Content-Type".to_owned())
        ),
        _ => String::new(),
    }
}

/// The client of a profile, and its keys for the doctor.
pub(crate) fn client(profile: &Profile) -> Result<(Client, Keys), Failure> {
    let client = crate::commands::request::client::client(&keys(profile)?, None)?;
    Ok((client, keys(profile)?.into_doctor_keys()))
}

fn keys(profile: &Profile) -> Result<KeySet, Failure> {
    let text = profile.written.to_toml()?;
    Written::parse(text.expose_secret(), &profile.path.display().to_string())?.load(profile.base())
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::net::TcpListener;

    use countersign_client::Attempts;
    use countersign_clock::system;
    use ureq::http::{Method, Request};

    use super::send_within;
    use crate::connections::rest;

    /// Whoever waits on its thread can't prolong its lease, and gives up before another may send.
    #[test]
    fn a_renewal_is_waited_for_no_longer_than_its_lease_lasts() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let make =
            |_: countersign_client::Stamp<'_>| Ok(Request::post(&url).body(Vec::new()).unwrap());
        let attempts = Attempts::new(&Method::POST);
        let until = system::now().saturating_add(3);
        let unsent = send_within(&|| rest(until, system::now()), attempts, &make, &|| {});
        assert!(unsent.err().unwrap().may_have_arrived);
        assert!(system::now() <= until);
        assert_eq!(rest(until, until), None);
        let long = until.saturating_add(-1000);
        assert_eq!(rest(until, long), Some(Duration::from_secs(25)));
    }
}
