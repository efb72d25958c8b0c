use std::collections::BTreeSet;

use countersign_problem::ProblemCode;

use crate::{AccessState, Answer, Cause, Event, Refusal, SessionState, TemporaryState};

#[test]
fn each_cause_is_told_as_one_code_of_the_extension() {
    let expected = |cause| match cause {
        Cause::RevokedByAdministrator
        | Cause::RevokedByUser
        | Cause::UserRemoved
        | Cause::RoleChanged
        | Cause::Replaced => "token_rejected",
        Cause::Superseded | Cause::Burnt | Cause::Foreign | Cause::Unissued | Cause::WrongKind => {
            "token_rejected"
        }
        Cause::Expired => "token_expired",
        Cause::AuthorizationExpired | Cause::NotRenewable | Cause::Denied => "permission_denied",
        Cause::Undecided => "permission_unknown",
        Cause::Used => "token_used",
        Cause::WrongVerifier => "parameter_rejected",
    };
    for cause in Cause::ALL {
        assert!(cause.problem().is_known(), "{cause}");
        assert_eq!(cause.problem().as_str(), expected(*cause), "{cause}");
    }
}

#[test]
fn every_cause_of_a_state_occurs_in_a_table() {
    let of_states: BTreeSet<Cause> = TemporaryState::TABLE
        .iter()
        .map(|row| row.answer)
        .chain(AccessState::TABLE.iter().map(|row| row.answer))
        .chain(SessionState::TABLE.iter().map(|row| row.answer))
        .filter_map(|answer| match answer {
            Answer::Refused(cause) => Some(cause),
            Answer::Accepted | Answer::Ignored => None,
        })
        .collect();
    // Only a grant that is asked about a token can give these.
    let of_decisions = BTreeSet::from([Cause::Foreign, Cause::Unissued]);
    let all: BTreeSet<Cause> = Cause::ALL.iter().copied().collect();
    assert_eq!(&of_states | &of_decisions, all);
    assert!(of_states.is_disjoint(&of_decisions));
}

#[test]
fn withdrawals_keep_their_causes_apart() {
    let withdrawals = [
        (Event::Revoke, Cause::RevokedByUser),
        (Event::Withdraw, Cause::RevokedByAdministrator),
        (Event::RemoveUser, Cause::UserRemoved),
        (Event::ChangeRole, Cause::RoleChanged),
        (Event::AuthorizeAgain, Cause::Replaced),
    ];
    for (first, cause) in withdrawals {
        for (second, _) in withdrawals {
            let access = AccessState::Live.on(first).next.on(second).next;
            assert_eq!(access.on(Event::Use).answer, Answer::Refused(cause));
            let session = SessionState::Lapsed.on(first).next.on(second).next;
            assert_eq!(session.on(Event::Renew).answer, Answer::Refused(cause));
            if first != Event::AuthorizeAgain {
                let temporary = TemporaryState::Approved.on(first).next.on(second).next;
                assert_eq!(temporary.on(Event::Exchange).answer, Answer::Refused(cause));
            }
        }
    }
}

#[test]
fn a_client_believes_three_codes_only() {
    let dead: Vec<_> = ProblemCode::ALL
        .into_iter()
        .filter(|code| Refusal::of(code).is_some())
        .collect();
    assert_eq!(
        dead,
        [
            ProblemCode::TOKEN_REVOKED,
            ProblemCode::TOKEN_REJECTED,
            ProblemCode::PERMISSION_DENIED
        ]
    );
    let capitals = ProblemCode::parse("TOKEN_REJECTED").unwrap();
    assert_eq!(Refusal::of(&capitals), Some(Refusal::TokenRejected));
    let revoked = Refusal::of(&ProblemCode::TOKEN_REVOKED);
    assert_eq!(revoked, Some(Refusal::TokenRevoked));
    let other = ProblemCode::parse("organisation offline").unwrap();
    assert_eq!(Refusal::of(&other), None);
}
