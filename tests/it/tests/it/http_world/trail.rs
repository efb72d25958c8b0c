//! The audit trail, kept.

use core::pin::Pin;
use std::sync::{Arc, Mutex};

use countersign_provider::{Audit, AuditUnavailable, Event};

#[derive(Debug, Clone, Default)]
pub(crate) struct Trail(Arc<Mutex<Vec<Event>>>);

impl Trail {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The true cause of the last refusal.
    pub(crate) fn cause(&self) -> &'static str {
        let events = self.events();
        let refused = events.iter().rev().find(|event| !event.granted);
        refused.and_then(|event| event.cause).unwrap_or_default()
    }
}

impl Audit for Trail {
    fn record<'a>(
        &'a self,
        event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        self.0.lock().unwrap().push(event.clone());
        Box::pin(core::future::ready(Ok(())))
    }
}
