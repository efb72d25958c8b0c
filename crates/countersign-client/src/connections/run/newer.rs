//! Tokens that are newer than the one in the store.

use countersign_store::{AnswerNumber, ConnectionStore, FoundConnection};

use crate::connections::run::Run;
use crate::connections::slot::{Hand, lock};
use crate::connections::{Exchange, Host, ReadReply};

/// So many answers that can't be read are kept of those that came first, and of those that came
/// last: any of them may be the only copy of a token. There has to be
/// [room](countersign_store::RawAnswer::MOST) for those that can be read.
const UNREAD: usize = 2;

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
        let mut unread = Vec::new();
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
                (ReadReply::Refused(_) | ReadReply::Fault(_), _) => self.dropped.push(kept.number),
                // Whoever reads better may find a token in it, as long as there is no newer one.
                (ReadReply::Garbled | ReadReply::Token(_), _) => unread.push(kept.number),
            }
        }
        self.dropped.extend(too_many(&unread));
    }
}

/// Those in the middle, of too many.
fn too_many(unread: &[AnswerNumber]) -> &[AnswerNumber] {
    let last = unread.len().saturating_sub(UNREAD);
    unread.get(UNREAD..last).unwrap_or_default()
}
