//! How much one application may leave behind.

use countersign_store::testing::block_on;
use countersign_token::RenewalMode;

use super::world::{Answer, CALLBACK, PARTNER, PUBLIC, World, world_with};

fn refused_for_now(world: &World, answer: &Answer, retry_after: &str) {
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (429, "consumer_key_refused")
    );
    assert_eq!(answer.retry_after.as_deref(), Some(retry_after));
    assert_eq!(world.cause(), "quota");
}

#[test]
fn temporary_credentials_of_one_application_are_limited() {
    let world = world_with(|settings| settings.quotas.temporary = 3);
    let ask = |client: super::world::Client| world.send(&client.temporary(CALLBACK));
    // Whatever becomes of them, they are kept.
    world.connect(PUBLIC, "ann");
    assert_eq!(ask(PUBLIC).status, 200);
    world.clock.advance(601);
    assert_eq!(ask(PUBLIC).status, 200);
    refused_for_now(&world, &ask(PUBLIC), "600");
    assert_eq!(ask(PARTNER).status, 200, "others may");

    world.clock.advance(31 * 86_400);
    let now = world.clock.now();
    assert!(block_on(world.provider.forget(now, 100)).unwrap() >= 3);
    assert_eq!(ask(PUBLIC).status, 200);
}

#[test]
fn tokens_of_one_grant_are_limited() {
    for mode in [RenewalMode::Strict, RenewalMode::Graceful { seconds: 60 }] {
        let world = world_with(|settings| {
            settings.quotas.renewals = 3;
            settings.renewal = mode;
        });
        let mut tokens = world.connect(PARTNER, "ann");
        for _ in 0..2 {
            assert_eq!(world.send(&PARTNER.resource(&tokens)).status, 200);
            tokens = world.send(&PARTNER.renew(&tokens)).tokens();
        }
        world.clock.advance(1_000);
        let answer = world.send(&PARTNER.renew(&tokens));
        refused_for_now(&world, &answer, "800");
        assert_eq!(
            world.send(&PARTNER.resource(&tokens)).status,
            200,
            "{mode:?}"
        );

        // Whoever renews a token when it is over is never refused.
        for _ in 0..10 {
            world.clock.advance(1_800);
            tokens = world.send(&PARTNER.renew(&tokens)).tokens();
        }
        let answer = world.send(&PARTNER.renew(&tokens));
        refused_for_now(&world, &answer, "800");
    }
}
