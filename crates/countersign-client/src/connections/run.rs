//! The machine of renewal on a real store and a real exchange.

mod newer;

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::SecretBytes;
use countersign_store::{
    AnswerNumber, Connection, ConnectionChange, ConnectionCommit, ConnectionStore, Expected,
    Happening, HistoryEntry, Lease, RawAnswer, RenewalFault, StoreError, Version, Versioned,
};
use countersign_token::{Generation, IntentId};

use crate::connections::driver::Inner;
use crate::connections::protocol::{
    InHand, Input, Outcome, Plan, Reading, Renewal, Step, View, Writing,
};
use crate::connections::slot::{Hand, Slot, lock};
use crate::connections::{
    Current, EventKind, Exchange, Host, Loss, RawReply, ReadReply, RenewalRequest, Undelivered,
};

/// How a renewal ended, for all who waited for it.
#[derive(Debug, Clone)]
pub(super) struct Landing {
    pub(super) outcome: Outcome,
    pub(super) error: Option<Arc<StoreError>>,
}

impl Landing {
    /// Of one that panicked half way: what is durable is looked at by the next.
    pub(super) const NOWHERE: Self = Self {
        outcome: Outcome::Contended,
        error: None,
    };
}

/// One run of the machine.
pub(super) struct Run<'r, S, X, H> {
    inner: &'r Inner<S, X, H>,
    slot: &'r Slot,
    row: Option<Arc<Versioned<Connection>>>,
    lease: Option<Lease>,
    reply: Option<(Arc<SecretBytes>, UnixTime)>,
    dropped: Vec<AnswerNumber>,
    error: Option<Arc<StoreError>>,
}

/// Renews a connection, or finds out that another does and waits for that.
pub(super) async fn fly<S, X, H>(
    inner: Arc<Inner<S, X, H>>,
    slot: Arc<Slot>,
    than: Generation,
) -> Landing
where
    S: ConnectionStore + 'static,
    X: Exchange,
    H: Host,
{
    let settings = inner.settings;
    let mut waited = Duration::ZERO;
    loop {
        let landing = {
            let _place = inner.gate.enter().await;
            Run::new(&inner, &slot).renew(than).await
        };
        let waits = matches!(landing.outcome, Outcome::Busy { .. } | Outcome::Contended);
        if !waits || waited >= settings.patience {
            return landing;
        }
        // Between half the time and one and a half.
        let spread = settings.poll.as_millis().max(1);
        let jitter = u128::from(inner.host.jitter())
            .checked_rem(spread)
            .unwrap_or(0);
        let jitter = u64::try_from(jitter).unwrap_or(0);
        let time = settings
            .poll
            .checked_div(2)
            .unwrap_or_default()
            .saturating_add(Duration::from_millis(jitter));
        inner.host.wait(time).await;
        waited = waited.saturating_add(time);
    }
}

impl<'r, S: ConnectionStore, X: Exchange, H: Host> Run<'r, S, X, H> {
    const fn new(inner: &'r Inner<S, X, H>, slot: &'r Slot) -> Self {
        Self {
            inner,
            slot,
            row: None,
            lease: None,
            reply: None,
            dropped: Vec::new(),
            error: None,
        }
    }

    async fn renew(mut self, than: Generation) -> Landing {
        let settings = self.inner.settings;
        let (mut machine, mut step) = Renewal::new(than, settings.lease_seconds);
        loop {
            let input = match step {
                Step::Read => self.read().await,
                Step::Commit(plan) => self.commit(plan).await,
                Step::Send { renewed } => self.send(renewed).await,
                Step::Keep { intent, renewed } => self.keep(intent, renewed).await,
                Step::Open => self.open(),
                Step::Done(outcome) => {
                    self.end(outcome);
                    return Landing {
                        outcome,
                        error: self.error,
                    };
                }
            };
            step = machine.next(input, self.inner.host.now());
        }
    }

    fn failed(&mut self, error: StoreError) -> Input {
        self.error = Some(Arc::new(error));
        Input::Failed
    }

    async fn read(&mut self) -> Input {
        let found = match self.inner.store.connection(&self.slot.id).await {
            Ok(found) => found,
            Err(error) => return self.failed(error),
        };
        let Some(found) = found else {
            self.slot.forget();
            let (view, hand) = (None, None);
            return Input::Found { view, hand };
        };
        let view = View {
            version: found.row.version,
            life: found.row.row.life,
            lease: found.lease,
        };
        self.row = Some(Arc::clone(&found.row));
        self.lease = found.lease;
        self.look_for_newer(&found);
        self.publish();
        let hand = lock(&self.slot.hand).as_ref().map(|hand| InHand {
            generation: hand.generation,
            fence: hand.fence,
        });
        Input::Found {
            view: Some(view),
            hand,
        }
    }

    fn publish(&self) {
        if let Some(row) = &self.row {
            let jitter = self.inner.host.jitter();
            self.slot
                .publish(Current::of(row, &self.inner.settings, jitter));
        }
    }

    async fn commit(&mut self, plan: Plan) -> Input {
        let Some(before) = &self.row else {
            return Input::Committed(ConnectionCommit::Conflict);
        };
        let mut row = before.row.clone();
        row.life = plan.life;
        if plan.writing == Writing::Swap {
            let Some(hand) = lock(&self.slot.hand).clone() else {
                return Input::Committed(ConnectionCommit::Conflict);
            };
            let before = core::mem::replace(&mut row.credentials, hand.credentials);
            row.previous = Some(before);
        }
        if row.life.previous.is_none() {
            row.previous = None;
        }
        let now = self.inner.host.now();
        let expected = Expected::Version(plan.expected);
        let mut change = ConnectionChange::new(expected, row.clone()).leasing(plan.lease);
        for number in self.dropped.drain(..) {
            change = change.dropping(number);
        }
        if let Some(what) = noted(plan.writing) {
            change = change.noting(HistoryEntry::new(now, row.life.generation, what));
        }
        match self.inner.store.commit(change).await {
            Ok(done) => {
                if let ConnectionCommit::Done { version, lease } = done {
                    self.lease = lease;
                    self.committed(version, row, plan.writing).await;
                }
                Input::Committed(done)
            }
            Err(error) => self.failed(error),
        }
    }

    async fn committed(&mut self, version: Version, row: Connection, writing: Writing) {
        let generation = row.life.generation;
        let intent = row.life.state.intent();
        self.row = Some(Arc::new(Versioned::new(version, row)));
        self.publish();
        let id = &self.slot.id;
        match writing {
            Writing::Swap => {
                *lock(&self.slot.hand) = None;
                self.inner.tell(Some(id), EventKind::Renewed(generation));
            }
            Writing::Loss(cause) => self.inner.lost(id, Loss::new(cause, intent)).await,
            Writing::Fault(fault) => self.inner.tell(Some(id), EventKind::RenewalFailed(fault)),
            Writing::Intent { retry: true } => {
                let fault = EventKind::RenewalFailed(RenewalFault::Lost);
                self.inner.tell(Some(id), fault);
            }
            Writing::Intent { retry: false } => {}
        }
    }

    async fn send(&mut self, renewed: Generation) -> Input {
        let Some(row) = &self.row else {
            return Input::Undelivered(Undelivered::NotSent);
        };
        let request = RenewalRequest {
            id: self.slot.id.clone(),
            generation: renewed,
            credentials: row.row.credentials.clone(),
            until: self
                .lease
                .map_or(UnixTime::from_seconds(i64::MAX), |lease| lease.until),
        };
        let inner = self.inner;
        let mut exchange = pin!(inner.exchange.renew(request));
        let every = Duration::from_secs(u64::from(inner.settings.lease_seconds))
            .checked_div(2)
            .unwrap_or_default();
        let sent = loop {
            let mut wait = pin!(inner.host.wait(every));
            let sent = poll_fn(|context| {
                if let Poll::Ready(sent) = exchange.as_mut().poll(context) {
                    return Poll::Ready(Some(sent));
                }
                wait.as_mut().poll(context).map(|()| None)
            })
            .await;
            match sent {
                Some(sent) => break sent,
                None => self.extend().await,
            }
        };
        match sent {
            Ok(RawReply {
                bytes,
                may_hold_token,
            }) => {
                self.reply = Some((Arc::new(bytes), inner.host.now()));
                Input::Arrived {
                    keep: may_hold_token,
                }
            }
            Err(how) => Input::Undelivered(how),
        }
    }

    /// An exchange that takes long keeps others from trying. Whether it does is of no matter to the
    /// answer.
    async fn extend(&self) {
        if let Some(lease) = self.lease {
            let seconds = i64::from(self.inner.settings.lease_seconds);
            let until = self.inner.host.now().saturating_add(seconds);
            let id = &self.slot.id;
            let _ = self.inner.store.extend_lease(id, lease.fence, until).await;
        }
    }

    async fn keep(&mut self, intent: IntentId, renewed: Generation) -> Input {
        let Some((bytes, received)) = &self.reply else {
            return Input::Kept;
        };
        let answer = RawAnswer::new(intent, renewed, *received, Arc::clone(bytes));
        match self.inner.store.keep_answer(&self.slot.id, answer).await {
            Ok(_) => Input::Kept,
            Err(error) => self.failed(error),
        }
    }

    fn open(&mut self) -> Input {
        let (Some((bytes, received)), Some(row)) = (self.reply.take(), &self.row) else {
            return Input::Opened(Reading::Garbled);
        };
        let read = self.inner.exchange.read(bytes.expose_secret(), received);
        Input::Opened(match (read, row.row.life.generation.next()) {
            (ReadReply::Token(credentials), Some(generation)) => {
                let hand = Hand::new(generation, credentials, &row.row.credentials)
                    .under(self.lease.map(|lease| lease.fence));
                *lock(&self.slot.hand) = Some(hand);
                Reading::Token
            }
            (ReadReply::Token(_), None) | (ReadReply::Garbled, _) => Reading::Garbled,
            (ReadReply::Refused(refusal), _) => Reading::Refused(refusal),
            (ReadReply::Fault(fault), _) => Reading::Fault(fault),
        })
    }

    fn end(&self, outcome: Outcome) {
        let now = self.inner.host.now();
        let later = now.saturating_add(i64::from(self.inner.settings.backoff_seconds));
        match outcome {
            Outcome::Held => {
                self.serve_hand();
                self.slot.leave_alone_until(later);
                let fault = EventKind::RenewalFailed(RenewalFault::Store);
                self.inner.tell(Some(&self.slot.id), fault);
            }
            Outcome::Failed(_) | Outcome::StoreFailed | Outcome::Contended => {
                self.slot.leave_alone_until(later);
            }
            Outcome::Busy { .. }
            | Outcome::Gone
            | Outcome::Lost(_)
            | Outcome::Newer
            | Outcome::Renewed => {}
        }
    }

    /// Requests go on with a token that could not be stored.
    fn serve_hand(&self) {
        let (Some(row), Some(hand)) = (&self.row, lock(&self.slot.hand).clone()) else {
            return;
        };
        let mut served = row.row.clone();
        served.life = countersign_token::Connection::new(hand.generation);
        served.credentials = hand.credentials;
        let served = Versioned::new(row.version, served);
        let jitter = self.inner.host.jitter();
        let mut served = Current::of(&served, &self.inner.settings, jitter);
        served.unstored = true;
        self.slot.publish(served);
    }
}

const fn noted(writing: Writing) -> Option<Happening> {
    match writing {
        Writing::Intent { retry: false } => None,
        Writing::Intent { retry: true } => Some(Happening::RenewalFailed(RenewalFault::Lost)),
        Writing::Swap => Some(Happening::Renewed),
        Writing::Loss(cause) => Some(Happening::Lost(cause)),
        Writing::Fault(fault) => Some(Happening::RenewalFailed(fault)),
    }
}
