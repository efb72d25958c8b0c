//! Tokens that are newer than the one in the store.

use countersign_store::{ConnectionStore, FoundConnection};

use crate::connections::run::Run;
use crate::connections::slot::{Hand, lock};
use crate::connections::{Exchange, Host, ReadReply};

impl<S: ConnectionStore, X: Exchange, H: Host> Run<'_, S, X, H> {
    /// A token that is newer than the one in the store: in hand, in memory, or in a kept answer.
    pub(super) fn look_for_newer(&mut self, found: &FoundConnection) {
        let row = &found.row.row;
        let generation = row.life.generation;
        let mut hand = lock(&self.slot.hand);
        if hand
            .as_ref()
            .is_some_and(|hand| hand.generation <= generation)
        {
            *hand = None;
        }
        if hand.is_none()
            && let Some(known) = self.slot.current()
            // A store that was set back. One that was made anew goes on above its last version.
            && known.version > found.row.version
            && known.generation > generation
        {
            *hand = Some(Hand::new(
                known.generation,
                known.credentials.clone(),
                &row.credentials,
            ));
        }
        self.dropped.clone_from(&found.damaged);
        for kept in &found.answers {
            let answer = &kept.answer;
            let read = self
                .inner
                .exchange
                .read(answer.bytes.expose_secret(), answer.received);
            match (read, answer.renewed.next()) {
                (ReadReply::Token(credentials), Some(next)) => {
                    if hand.is_none() {
                        *hand = Some(Hand::new(next, credentials, &row.credentials));
                    }
                }
                _ => self.dropped.push(kept.number),
            }
        }
    }
}
