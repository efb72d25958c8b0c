//! F15: the server's clock is set, and set right again.

use core::time::Duration;

use crate::support::{Unsigned, World};

/// A service whose clock may be wrong, beside the right time.
struct Wrong {
    world: World,
    /// By how many seconds its clock is ahead of the right time.
    ahead: i64,
    /// What was accepted ever.
    accepted: Vec<Vec<u8>>,
}

impl Wrong {
    async fn new() -> Self {
        Self {
            world: World::new().await,
            ahead: 0,
            accepted: Vec::new(),
        }
    }

    fn set(&mut self, seconds: i64) {
        self.world.pass(seconds);
        self.ahead += seconds;
    }

    /// The answer to a request of a client whose clock is `ahead` of the right time.
    async fn ask(&mut self, ahead: i64) -> (u16, Option<String>) {
        let client = self.world.client();
        let mut unsigned = Unsigned::get("/echo");
        unsigned.at += ahead - self.ahead;
        let request = self.world.request(Some(&client), &unsigned);
        let answer = self.world.raw(&request).await;
        if answer.status == 200 {
            self.accepted.push(request);
        }
        (answer.status, answer.problem().map(str::to_owned))
    }

    async fn nothing_is_accepted_again(&self) {
        for request in &self.accepted {
            let answer = self.world.raw(request).await;
            assert_ne!(answer.status, 200, "a replay, {} s ahead", self.ahead);
        }
    }

    /// How often it was told that the clock was set.
    async fn alarms(&self, direction: &str) -> u64 {
        let metrics = self.world.admin("/metrics").await.body;
        let name = format!("countersign_clock_steps_total{{direction=\"{direction}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
        line.map_or(0, |count| count.parse().unwrap())
    }

    async fn is_told(&self, direction: &str, before: u64) {
        for _ in 0..100 {
            if self.alarms(direction).await > before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody said that the clock was set {direction}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f15_a_clock_that_is_set_accepts_nothing_twice_and_is_told() {
    for (step, direction) in [(600, "ahead"), (-600, "back")] {
        let mut service = Wrong::new().await;
        for _ in 0..5 {
            assert_eq!(service.ask(0).await.0, 200);
        }
        let before = service.alarms(direction).await;
        service.set(step);
        service.nothing_is_accepted_again().await;
        let honest = service.ask(0).await;
        assert_eq!(honest, (401, Some("timestamp_refused".to_owned())));
        // Who trusts the server's clock is served, and not twice.
        assert_eq!(service.ask(step).await.0, 200);
        service.nothing_is_accepted_again().await;
        service.is_told(direction, before).await;

        // A restart in between forgets nothing.
        service.world.stop().await;
        service.world.start("", "").await.unwrap();
        service.nothing_is_accepted_again().await;
        assert_eq!(service.ask(0).await.0, 401);

        service.set(-step);
        service.nothing_is_accepted_again().await;
        // A second is enough to leave behind what may be forgotten.
        service.world.pass(1);
        assert_eq!(service.ask(0).await, (200, None), "{direction}");
        service.nothing_is_accepted_again().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f15_a_clock_that_goes_wrong_slowly_refuses_nobody_within_the_window() {
    for drift in [1, -1] {
        let mut service = Wrong::new().await;
        while service.ahead.abs() < 250 {
            // Ten seconds pass.
            service.world.pass(10);
            service.set(drift * 10);
            assert_eq!(service.ask(0).await, (200, None), "{}", service.ahead);
        }
        service.nothing_is_accepted_again().await;
        service.set(-service.ahead);
        service.nothing_is_accepted_again().await;
        assert_eq!(service.ask(0).await, (200, None));
    }
}
