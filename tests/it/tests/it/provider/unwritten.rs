//! What becomes of decisions while the audit trail can't be written.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use countersign_key::Secret;
use countersign_provider::{
    Approver, Audit, AuditUnavailable, AuthorizeError, Event, Provider, RegistrationError,
    Settings, Stores,
};
use countersign_store::testing::block_on;
use countersign_store::{
    Consumer, ConsumerKind, ConsumerStore as _, Credential, Expected, FingerprintKey,
    MemoryConsumerStore, MemoryTokenStore,
};
use countersign_test_support::clock::FakeClock;
use countersign_test_support::random::FixedRandom;

use super::world::{CALLBACK, NOW, PUBLIC, Trail, World, nonces};

/// A trail that can be switched off.
#[derive(Debug, Clone, Default)]
struct Outage(Arc<AtomicBool>);

impl Outage {
    fn set(&self, down: bool) {
        self.0.store(down, Ordering::SeqCst);
    }
}

impl Audit for Outage {
    fn ready<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        let down = self.0.load(Ordering::SeqCst);
        let ready = if down {
            Err(AuditUnavailable::new())
        } else {
            Ok(())
        };
        Box::pin(core::future::ready(ready))
    }

    fn record<'a>(
        &'a self,
        _: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        self.ready()
    }
}

fn world() -> (World, Outage) {
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: nonces(),
    };
    let outage = Outage::default();
    let key = FingerprintKey::from_bytes([3; 16]);
    let provider = Provider::new(stores, Settings::default(), key, FixedRandom::new(1))
        .unwrap()
        .with_audit(outage.clone());
    let world = World {
        provider,
        clock: FakeClock::at(NOW),
        trail: Trail::default(),
    };
    world.register_all();
    (world, outage)
}

#[test]
fn an_approval_that_can_t_be_written_down_decides_nothing() {
    let (world, outage) = world();
    let temporary = world.send(&PUBLIC.temporary(CALLBACK)).tokens();
    let by = Approver::new("ann", "Acme", "standard");
    let now = world.clock.now();
    outage.set(true);
    let approval = block_on(world.provider.approve(&temporary.token, by, now));
    assert!(matches!(approval, Err(AuthorizeError::Audit)));
    outage.set(false);
    let approval = block_on(world.provider.approve(&temporary.token, by, now)).unwrap();
    let verifier = approval.verifier.expose_secret();
    let tokens = world.send(&PUBLIC.exchange(&temporary, verifier)).tokens();
    assert_eq!(world.send(&PUBLIC.resource(&tokens)).status, 200);
}

#[test]
fn nothing_is_registered_that_can_t_be_written_down() {
    let (world, outage) = world();
    let register = || {
        let secret = Credential::Secret(Arc::new(Secret::new("secret-of-a-new-app")));
        let consumer = Consumer::new("new-app", ConsumerKind::Public, secret);
        let now = world.clock.now();
        block_on(world.provider.register(Expected::Absent, consumer, now))
    };
    outage.set(true);
    assert!(matches!(register(), Err(RegistrationError::Audit)));
    let consumers = &world.provider.stores().consumers;
    assert!(block_on(consumers.consumer("new-app")).unwrap().is_none());
    outage.set(false);
    register().unwrap();
}

#[test]
fn a_grant_ends_whether_that_can_be_written_down_or_not() {
    let (world, outage) = world();
    let tokens = world.connect(PUBLIC, "ann");
    outage.set(true);
    let now = world.clock.now();
    assert!(block_on(world.provider.disconnect(PUBLIC.key, "Acme", now)).unwrap());
    outage.set(false);
    let answer = world.send(&PUBLIC.resource(&tokens));
    assert_eq!(answer.problem(), "token_rejected");
}
