//! Transitions as data: one list is both the function of a machine and its table.

/// What a machine does with an event: where it goes, and what it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step<S, A> {
    /// The state after the event.
    pub next: S,
    /// What is answered.
    pub answer: A,
}

/// One cell of a machine's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition<S, E, A> {
    /// The state before the event.
    pub state: S,
    /// The event.
    pub event: E,
    /// The state after it.
    pub next: S,
    /// What is answered.
    pub answer: A,
}

/// Declares a machine: for each state, which events lead where and what is answered.
///
/// The list becomes a `match` without a `_` arm, so the compiler demands that every pair occurs
/// and reports one that occurs twice; and a table, from which the documents are rendered.
macro_rules! machine {
    (
        $state_type:ident, $event_type:ident, $answer_type:ident;
        $(
            $state:ident {
                $( $($event:ident)|+ => $next:ident, $answer:expr; )+
            }
        )+
    ) => {
        impl $state_type {
            /// Every transition, state by state: what [`on`](Self::on) does, as data.
            pub const TABLE: &'static [crate::Transition<Self, $event_type, $answer_type>] = &[
                $( $( $(
                    crate::Transition {
                        state: Self::$state,
                        event: $event_type::$event,
                        next: Self::$next,
                        answer: $answer,
                    },
                )+ )+ )+
            ];

            /// What becomes of this state by an event.
            #[must_use]
            pub const fn on(self, event: $event_type) -> crate::Step<Self, $answer_type> {
                match self {
                    $( Self::$state => match event {
                        $( $($event_type::$event)|+ => crate::Step {
                            next: Self::$next,
                            answer: $answer,
                        }, )+
                    }, )+
                }
            }
        }
    };
}

pub(crate) use machine;
