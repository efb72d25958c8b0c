//! Renewal, strict and graceful.

use countersign_token::RenewalMode;

use super::sqlite::open_with;
use super::world::{PARTNER, Tokens, World, world, world_with};

fn graceful() -> World {
    world_with(|settings| settings.renewal = RenewalMode::Graceful { seconds: 60 })
}

fn same(left: &Tokens, right: &Tokens) -> bool {
    (&left.token, &left.secret, &left.handle) == (&right.token, &right.secret, &right.handle)
}

#[test]
fn a_renewal_changes_token_secret_and_handle() {
    let world = world();
    let first = world.connect(PARTNER, "ann");
    world.clock.advance(1_800);
    assert_eq!(
        world.send(&PARTNER.resource(&first)).problem(),
        "token_expired"
    );
    let second = world.send(&PARTNER.renew(&first)).tokens();
    assert!(first.token != second.token);
    assert!(first.secret != second.secret);
    assert!(first.handle != second.handle);
    assert_eq!(
        second.all["oauth_authorization_expires_in"],
        (365 * 86_400 - 1_800).to_string()
    );
    assert_eq!(world.send(&PARTNER.resource(&second)).status, 200);
}

#[test]
fn a_renewal_needs_the_handle_of_its_token() {
    let world = world();
    let mut first = world.connect(PARTNER, "ann");
    first.handle = Some("guess".to_owned());
    let answer = world.send(&PARTNER.renew(&first));
    assert_eq!(
        answer.pairs()["oauth_parameters_rejected"],
        "oauth_session_handle"
    );
    first.handle = None;
    let answer = world.send(&PARTNER.renew(&first));
    assert_eq!(answer.problem(), "token_rejected");
    assert_eq!(world.cause(), "wrong_kind");
}

#[test]
fn of_parallel_renewals_one_rotates() {
    let world = world();
    let first = world.connect(PARTNER, "ann");
    let renew = PARTNER.renew(&first);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| world.send(&renew))).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let granted = answers.iter().filter(|it| it.status == 200).count();
    assert_eq!(granted, 1);
}

#[test]
fn gracefully_a_retry_gets_the_same_token() {
    let world = graceful();
    let first = world.connect(PARTNER, "ann");
    let second = world.send(&PARTNER.renew(&first)).tokens();
    world.clock.advance(59);
    let again = world.send(&PARTNER.renew(&first)).tokens();
    assert!(same(&second, &again));
    assert_eq!(second.all["oauth_expires_in"], "1800");
    assert_eq!(again.all["oauth_expires_in"], "1741", "59 seconds later");
    assert_eq!(
        world.send(&PARTNER.resource(&first)).status,
        200,
        "requests under way are served"
    );

    assert_eq!(world.send(&PARTNER.resource(&second)).status, 200);
    let late = world.send(&PARTNER.renew(&first));
    assert_eq!(late.problem(), "token_rejected", "the next one was used");
    assert_eq!(
        world.send(&PARTNER.resource(&first)).problem(),
        "token_rejected"
    );
    assert_eq!(world.cause(), "superseded");
}

#[test]
fn grace_ends() {
    let world = graceful();
    let first = world.connect(PARTNER, "ann");
    let second = world.send(&PARTNER.renew(&first)).tokens();
    world.clock.advance(60);
    assert_eq!(
        world.send(&PARTNER.renew(&first)).problem(),
        "token_rejected"
    );
    let third = world.send(&PARTNER.renew(&second)).tokens();
    assert!(!same(&second, &third));
}

#[test]
fn what_was_renewed_strictly_has_no_grace_in_graceful_mode() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("countersign.db");
    let strict = open_with(&path, 1, |_| {});
    strict.register_all();
    let first = strict.connect(PARTNER, "ann");
    let second = strict.send(&PARTNER.renew(&first)).tokens();
    assert_eq!(strict.send(&PARTNER.resource(&second)).status, 200);
    drop(strict);

    let graceful = open_with(&path, 2, |settings| {
        settings.renewal = RenewalMode::Graceful { seconds: 60 };
    });
    let answer = graceful.send(&PARTNER.resource(&first));
    assert_eq!(answer.problem(), "token_rejected");
    assert_eq!(graceful.cause(), "superseded");
    let answer = graceful.send(&PARTNER.renew(&first));
    assert_eq!(answer.problem(), "token_rejected");
    assert_eq!(graceful.send(&PARTNER.resource(&second)).status, 200);
    let third = graceful.send(&PARTNER.renew(&second)).tokens();
    let again = graceful.send(&PARTNER.renew(&second)).tokens();
    assert!(same(&third, &again));
}

#[test]
fn parallel_retries_all_get_the_one_successor() {
    let world = graceful();
    let first = world.connect(PARTNER, "ann");
    let renew = PARTNER.renew(&first);
    let tokens: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| world.send(&renew).tokens()))
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|it| same(it, &tokens[0])));
}

#[test]
fn the_authorisation_ends_whatever_is_renewed() {
    let world = world_with(|settings| settings.lifetimes.authorisation = 3_600);
    let first = world.connect(PARTNER, "ann");
    world.clock.advance(1_900);
    let second = world.send(&PARTNER.renew(&first)).tokens();
    world.clock.advance(1_700);
    let answer = world.send(&PARTNER.renew(&second));
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "permission_denied")
    );
    assert_eq!(world.cause(), "authorization_expired");
}

#[test]
fn revoking_beats_renewing() {
    for _ in 0..50 {
        let world = graceful();
        let first = world.connect(PARTNER, "ann");
        let now = world.clock.now();
        let renewed = std::thread::scope(|scope| {
            let renewal = scope.spawn(|| world.send(&PARTNER.renew(&first)));
            let revoked = scope.spawn(|| {
                countersign_store::testing::block_on(world.provider.disconnect(
                    PARTNER.key,
                    "Acme",
                    now,
                ))
            });
            assert!(revoked.join().unwrap().unwrap());
            renewal.join().unwrap()
        });
        assert_eq!(
            world.send(&PARTNER.resource(&first)).problem(),
            "token_rejected"
        );
        if renewed.status == 200 {
            let next = renewed.tokens();
            let answer = world.send(&PARTNER.resource(&next));
            assert_eq!(answer.problem(), "token_rejected");
            assert_eq!(world.cause(), "revoked_by_user");
        }
    }
}
