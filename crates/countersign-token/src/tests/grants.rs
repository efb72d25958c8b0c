use super::at;
use crate::{
    Answer, AuthorizationNumber, Cause, Event, Expiry, Generation, Grant, PresentedToken,
    RenewalDecision, RenewalMode, SessionState, UseDecision,
};

const STRICT: RenewalMode = RenewalMode::Strict;
const GRACEFUL: RenewalMode = RenewalMode::Graceful { seconds: 60 };
const LIFE: i64 = 1800;
const AUTHORIZATION_LIFE: i64 = 1_000_000;

fn token(generation: u64) -> PresentedToken {
    PresentedToken {
        authorization: AuthorizationNumber::new(7),
        generation: Generation::new(generation),
        expiry: Expiry::at(at(LIFE)),
    }
}

fn grant() -> Grant {
    Grant::new(
        AuthorizationNumber::new(7),
        Expiry::at(at(AUTHORIZATION_LIFE)),
        at(0),
    )
}

/// Token 2 was issued at 100, and is the newest.
fn renewed() -> Grant {
    grant().rotated(at(100)).unwrap()
}

#[test]
fn an_expiry_is_the_first_second_that_is_over() {
    let expiry = Expiry::after(at(0), 10);
    assert_eq!(expiry, Expiry::at(at(10)));
    for (seconds, over, left) in [
        (-1, false, 11),
        (0, false, 10),
        (9, false, 1),
        (10, true, 0),
    ] {
        assert_eq!(expiry.is_over(at(seconds)), over, "{seconds}");
        assert_eq!(expiry.seconds_left(at(seconds)), Some(left), "{seconds}");
    }
    assert_eq!(expiry.seconds_left(at(99)), Some(0));
    assert!(Expiry::after(at(0), 0).is_over(at(0)));
    assert!(!Expiry::NEVER.is_over(at(i64::MAX)));
    assert_eq!(Expiry::NEVER.seconds_left(at(0)), None);
    assert_eq!(Expiry::NEVER.time(), None);
}

#[test]
fn the_last_second_of_a_token_and_of_its_authorisation() {
    let used = Grant {
        used: true,
        ..grant()
    };
    let resource = |seconds| used.decide_use(&token(1), STRICT, at(seconds));
    assert_eq!(resource(LIFE - 1), UseDecision::Live);
    assert_eq!(resource(LIFE), UseDecision::Refused(Cause::Expired));

    let renewal = |seconds| used.decide_renewal(&token(1), STRICT, at(seconds));
    let rotate = RenewalDecision::Rotate(Generation::new(2));
    assert_eq!(renewal(0), rotate);
    assert_eq!(renewal(LIFE), rotate);
    assert_eq!(renewal(AUTHORIZATION_LIFE - 1), rotate);
    let over = Cause::AuthorizationExpired;
    assert_eq!(renewal(AUTHORIZATION_LIFE), RenewalDecision::Refused(over));
    assert_eq!(resource(AUTHORIZATION_LIFE), UseDecision::Refused(over));
    assert_eq!(used.rotated(at(AUTHORIZATION_LIFE)), None);
}

#[test]
fn the_last_second_of_grace() {
    let grant = renewed();
    let repeat = RenewalDecision::Repeat(Generation::new(2));
    let superseded = RenewalDecision::Refused(Cause::Superseded);
    for (seconds, decision, served) in [
        // A clock that was set back takes no grace away.
        (50, repeat, UseDecision::Live),
        (100, repeat, UseDecision::Live),
        (159, repeat, UseDecision::Live),
        (160, superseded, UseDecision::Refused(Cause::Superseded)),
    ] {
        let now = at(seconds);
        assert_eq!(grant.decide_renewal(&token(1), GRACEFUL, now), decision);
        assert_eq!(grant.decide_use(&token(1), GRACEFUL, now), served);
    }
}

#[test]
fn a_strict_provider_knows_no_grace() {
    let grant = renewed();
    let now = at(100);
    for mode in [STRICT, RenewalMode::Graceful { seconds: 0 }] {
        assert_eq!(
            grant.decide_renewal(&token(1), mode, now),
            RenewalDecision::Refused(Cause::Superseded)
        );
        assert_eq!(
            grant.decide_use(&token(1), mode, now),
            UseDecision::Refused(Cause::Superseded)
        );
    }
    assert_eq!(RenewalMode::default(), STRICT);
}

#[test]
fn the_first_use_of_the_successor_ends_the_grace() {
    let now = at(110);
    assert_eq!(
        renewed().decide_use(&token(2), GRACEFUL, now),
        UseDecision::FirstUse
    );
    let used = Grant {
        used: true,
        ..renewed()
    };
    assert_eq!(used.decide_use(&token(2), GRACEFUL, now), UseDecision::Live);
    assert_eq!(
        used.decide_renewal(&token(1), GRACEFUL, now),
        RenewalDecision::Refused(Cause::Superseded)
    );
    assert_eq!(
        used.decide_use(&token(1), GRACEFUL, now),
        UseDecision::Refused(Cause::Superseded)
    );
}

#[test]
fn grace_is_for_the_generation_before_only() {
    let third = renewed().rotated(at(110)).unwrap();
    assert_eq!(
        third.decide_renewal(&token(1), GRACEFUL, at(111)),
        RenewalDecision::Refused(Cause::Superseded)
    );
    assert_eq!(
        third.decide_renewal(&token(2), GRACEFUL, at(111)),
        RenewalDecision::Repeat(Generation::new(3))
    );
}

#[test]
fn grace_does_not_lengthen_the_life_of_a_token() {
    let late = grant().rotated(at(LIFE - 1)).unwrap();
    let decide = |seconds| late.decide_use(&token(1), GRACEFUL, at(seconds));
    assert_eq!(decide(LIFE - 1), UseDecision::Live);
    assert_eq!(decide(LIFE), UseDecision::Refused(Cause::Expired));
    assert_eq!(
        late.decide_renewal(&token(1), GRACEFUL, at(LIFE)),
        RenewalDecision::Repeat(Generation::new(2))
    );
}

/// Another authorisation, a generation never issued, the end of the grant, the generation, expiry.
#[test]
fn the_first_reason_in_the_order_is_told() {
    let foreign = PresentedToken {
        authorization: AuthorizationNumber::new(8),
        ..token(9)
    };
    let revoked = Grant {
        state: SessionState::Revoked,
        ..renewed()
    };
    let now = at(LIFE);
    for (grant, token, cause) in [
        (revoked, foreign, Cause::Foreign),
        (revoked, token(3), Cause::Unissued),
        (revoked, token(2), Cause::RevokedByUser),
        (revoked, token(1), Cause::RevokedByUser),
        (renewed(), token(1), Cause::Superseded),
        (renewed(), token(2), Cause::Expired),
    ] {
        assert_eq!(
            grant.decide_use(&token, STRICT, now),
            UseDecision::Refused(cause)
        );
        let renewal = grant.decide_renewal(&token, STRICT, now);
        if cause == Cause::Expired {
            assert_eq!(renewal, RenewalDecision::Rotate(Generation::new(3)));
        } else {
            assert_eq!(renewal, RenewalDecision::Refused(cause));
        }
    }
}

#[test]
fn a_withdrawn_grant_keeps_its_cause_past_its_end() {
    for (event, cause) in [
        (Event::Revoke, Cause::RevokedByUser),
        (Event::Withdraw, Cause::RevokedByAdministrator),
        (Event::RemoveUser, Cause::UserRemoved),
        (Event::ChangeRole, Cause::RoleChanged),
        (Event::AuthorizeAgain, Cause::Replaced),
    ] {
        let (dead, answer) = renewed().on(event, at(100));
        assert_eq!(answer, Answer::Accepted);
        let (over, answer) = renewed().on(event, at(AUTHORIZATION_LIFE));
        assert_eq!((over.state, answer), (SessionState::Ended, Answer::Ignored));
        for mode in [STRICT, GRACEFUL] {
            for seconds in [100, LIFE, AUTHORIZATION_LIFE] {
                for generation in [1, 2] {
                    let token = token(generation);
                    assert_eq!(
                        dead.decide_renewal(&token, mode, at(seconds)),
                        RenewalDecision::Refused(cause)
                    );
                    assert_eq!(
                        dead.decide_use(&token, mode, at(seconds)),
                        UseDecision::Refused(cause)
                    );
                }
            }
        }
        assert_eq!(dead.rotated(at(100)), None);
    }
}

#[test]
fn what_has_lapsed_stays_lapsed_until_it_is_renewed() {
    let lapsed = Grant {
        state: SessionState::Lapsed,
        ..grant()
    };
    assert_eq!(
        lapsed.decide_use(&token(1), STRICT, at(0)),
        UseDecision::Refused(Cause::Expired)
    );
    assert_eq!(lapsed.rotated(at(1)).unwrap().state, SessionState::Live);
}

#[test]
fn the_last_generation_is_not_renewed() {
    let last = Grant {
        generation: Generation::new(u64::MAX),
        ..grant()
    };
    assert_eq!(
        last.decide_renewal(&token(u64::MAX), STRICT, at(0)),
        RenewalDecision::Refused(Cause::NotRenewable)
    );
    assert_eq!(last.rotated(at(0)), None);
}

#[test]
fn a_use_is_written_down_and_a_renewal_starts_unused() {
    let (used, answer) = grant().on(Event::Use, at(0));
    assert_eq!((used.used, answer), (true, Answer::Accepted));
    let (renewed, answer) = used.on(Event::Renew, at(5));
    assert_eq!(answer, Answer::Accepted);
    assert_eq!(Some(renewed), used.rotated(at(5)));
    assert_eq!(
        (renewed.generation.get(), renewed.issued, renewed.used),
        (2, at(5), false)
    );
    let last = Grant {
        generation: Generation::new(u64::MAX),
        ..grant()
    };
    let refused = Answer::Refused(Cause::NotRenewable);
    assert_eq!(last.on(Event::Renew, at(0)), (last, refused));
}
