//! A browser without a screen: cookies, and the forms of the service's own pages.

use std::collections::BTreeMap;

use ureq::Agent;
use ureq::Body;
use ureq::http::Response;

use super::world::{ORGANISATION, World};
use crate::exit::Failure;

pub(super) struct Browser {
    agent: Agent,
    origin: String,
    cookies: BTreeMap<String, String>,
}

/// A page.
struct Page {
    html: String,
    /// Where it sends the browser, without a page of its own.
    location: Option<String>,
}

impl Browser {
    pub(super) const fn new(agent: Agent, origin: String) -> Self {
        Self {
            agent,
            origin,
            cookies: BTreeMap::new(),
        }
    }

    /// Logs in, approves, and gives the code that the page shows.
    pub(super) fn approve(
        &mut self,
        world: &World,
        user: &str,
        token: &str,
    ) -> Result<String, Failure> {
        let page = self.get(&format!("/oauth/Authorize?oauth_token={token}"))?;
        let page = self.log_in(world, page, user)?;
        let chosen = [("organisation", ORGANISATION), ("decision", "allow")];
        let page = self.submit(&page, "/oauth/authorize", &chosen)?;
        between(&page.html, "class=\"code\">", "<")
            .map(str::to_owned)
            .ok_or_else(|| Failure::Work("the page shows no code".to_owned()))
    }

    /// Logs in and disconnects every application on the page of connected ones.
    pub(super) fn disconnect(&mut self, world: &World, user: &str) -> Result<(), Failure> {
        let page = self.get("/oauth/apps")?;
        let page = self.log_in(world, page, user)?;
        self.submit(&page, "/oauth/apps", &[])?;
        Ok(())
    }

    fn log_in(&mut self, world: &World, page: Page, user: &str) -> Result<Page, Failure> {
        let page = self.follow(page)?;
        if !page.html.contains("name=\"password\"") {
            return Ok(page);
        }
        let password = world.password.expose_secret();
        let fields = [("username", user), ("password", password)];
        self.submit(&page, "/oauth/login", &fields)
    }

    fn get(&mut self, target: &str) -> Result<Page, Failure> {
        let request = self
            .agent
            .get(format!("{}{target}", self.origin))
            .header("Cookie", self.cookie());
        let answer = request.call().map_err(|error| Failure::work(&error))?;
        self.read(answer)
    }

    /// Fills in the form that goes to `action`, and follows where that leads.
    fn submit(
        &mut self,
        page: &Page,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, Failure> {
        let form = between(&page.html, &format!("action=\"{action}\">"), "</form>");
        let form = form.ok_or_else(|| Failure::Work(format!("no form for {action}")))?;
        let hidden = form
            .split("<input type=\"hidden\" ")
            .skip(1)
            .filter_map(|input| {
                let name = between(input, "name=\"", "\"")?;
                Some((name, between(input, "value=\"", "\"")?))
            });
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        let request = self
            .agent
            .post(format!("{}{action}", self.origin))
            .header("Cookie", self.cookie())
            .header("Origin", &self.origin);
        let answer = request
            .send_form(all)
            .map_err(|error| Failure::work(&error))?;
        let page = self.read(answer)?;
        self.follow(page)
    }

    fn follow(&mut self, mut page: Page) -> Result<Page, Failure> {
        // Our own pages need no more than a few.
        for _ in 0..4 {
            let Some(target) = page.location.take() else {
                break;
            };
            let target = target
                .strip_prefix(&self.origin)
                .unwrap_or(&target)
                .to_owned();
            page = self.get(&target)?;
        }
        Ok(page)
    }

    fn read(&mut self, mut answer: Response<Body>) -> Result<Page, Failure> {
        for field in answer.headers().get_all("set-cookie") {
            let pair = field.to_str().unwrap_or_default().split(';').next();
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers().get("location");
        let location = location.and_then(|it| it.to_str().ok()).map(str::to_owned);
        let html = answer
            .body_mut()
            .read_to_string()
            .map_err(|error| Failure::work(&error))?;
        Ok(Page { html, location })
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}
