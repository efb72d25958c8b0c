//! Reading the parameters of a request from its three places (RFC 5849 3.4.1.3.1).

use alloc::borrow::Cow;

use countersign_encoding::form;

use super::{Name, Parameters, ParametersError};
use crate::component::{Component, Spelling};
use crate::{Authorization, HeaderLeniencies, Limits, Place, RawParameter, Request};

impl<'a> Parameters<'a> {
    /// Adds the parameters of a request to those that are here, as into a recycled list.
    ///
    /// # Errors
    /// As [`collect`](Self::collect); some parameters may have been added by then.
    pub fn extend_from_request(
        &mut self,
        request: &Request<'a>,
        limits: &Limits,
        allowed: HeaderLeniencies,
    ) -> Result<(), ParametersError> {
        let query = request.uri().query().unwrap_or_default().as_bytes();
        let body = if request.is_form_body() {
            request.body()
        } else {
            &[]
        };
        if query.is_empty() && body.is_empty() && request.authorizations().next().is_none() {
            return Ok(());
        }
        let header_bytes = request
            .authorizations()
            .fold(0_usize, |sum, value| sum.saturating_add(value.len()));
        for (place, found, limit) in [
            (Place::Header, header_bytes, limits.header_bytes()),
            (Place::Query, query.len(), limits.query_bytes()),
            (Place::Body, body.len(), limits.body_bytes()),
        ] {
            if found > limit {
                return Err(ParametersError::TooLong {
                    place,
                    limit,
                    found,
                });
            }
        }
        self.extend_from_header(request, limits, allowed)?;
        self.extend_from_form(query, Place::Query, limits)?;
        self.extend_from_form(body, Place::Body, limits)
    }

    fn extend_from_header(
        &mut self,
        request: &Request<'a>,
        limits: &Limits,
        allowed: HeaderLeniencies,
    ) -> Result<(), ParametersError> {
        let mut values = request
            .authorizations()
            .filter(|value| Authorization::is_oauth(value));
        let Some(value) = values.next() else {
            return Ok(());
        };
        let others = values.count();
        if others > 0 {
            return Err(ParametersError::AmbiguousAuthorization {
                found: others.saturating_add(1),
            });
        }
        if allowed == HeaderLeniencies::NONE {
            let mut raw = Authorization::raw_parameters(value, usize::MAX)
                .map_err(ParametersError::Authorization)?;
            loop {
                // Handed on in registers: to write it down and read it again at once takes longer
                // than to read it from the field.
                while let Some(parameter) = raw.next_regular() {
                    self.push_header(parameter, limits)?;
                }
                let Some(parameter) = raw.next() else { break };
                let parameter = parameter.map_err(ParametersError::Authorization)?;
                self.push_header(parameter, limits)?;
            }
            self.realm = raw.realm();
        } else {
            let read = Authorization::parse_lenient(value, allowed)
                .map_err(ParametersError::Authorization)?;
            for parameter in read.parameters() {
                self.push_header(*parameter, limits)?;
            }
            self.realm = read.realm().map(|realm| Cow::Owned(realm.into()));
        }
        Ok(())
    }

    #[inline(always)]
    fn push_header(
        &mut self,
        raw: RawParameter<'a>,
        limits: &Limits,
    ) -> Result<(), ParametersError> {
        self.check_room(limits)?;
        let component = |text: &'a str, plain: bool, start: usize| {
            Component::tested_wire(text.as_bytes(), plain, Spelling::Percent)
                .map_err(|fault| ParametersError::encoding(Place::Header, start, fault))
        };
        let name = component(raw.name(), raw.name_is_plain(), raw.offset())?;
        let name = match raw.known() {
            None if !raw.name_is_plain() => Name::of(name),
            known => Name { name, known },
        };
        // The value follows `="` in strict grammar.
        let value_start = raw
            .offset()
            .saturating_add(raw.name().len())
            .saturating_add(2);
        let value = component(raw.value(), raw.value_is_plain(), value_start)?;
        self.push(name, value, Some(raw.value()), Place::Header, true, false);
        Ok(())
    }

    fn extend_from_form(
        &mut self,
        text: &'a [u8],
        place: Place,
        limits: &Limits,
    ) -> Result<(), ParametersError> {
        for pair in form::raw_pairs(text) {
            self.check_room(limits)?;
            let name = Component::wire(pair.name(), Spelling::Form)
                .map_err(|fault| ParametersError::encoding(place, pair.offset(), fault))?;
            let value = match pair.value() {
                None => Component::EMPTY,
                Some(value) => Component::wire(value, Spelling::Form).map_err(|fault| {
                    ParametersError::encoding(place, pair.value_offset(), fault)
                })?,
            };
            let has_equals = pair.value().is_some();
            self.push(Name::of(name), value, None, place, has_equals, false);
        }
        Ok(())
    }

    fn check_room(&self, limits: &Limits) -> Result<(), ParametersError> {
        let limit = limits.parameters();
        if self.entries.len() < limit {
            Ok(())
        } else {
            Err(ParametersError::TooManyParameters { limit })
        }
    }
}
