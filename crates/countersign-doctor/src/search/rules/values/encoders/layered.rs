//! Encoders that are run one after the other.

use super::{
    AS_FORM, AS_JAVA_FORM, AS_QUOTE, BY_THE_RULE, COMPONENT, Encoder, LOWER_CASE, RULE_OTHERS, set,
};

/// One encoder on top of another.
macro_rules! layered {
    ($inner:expr, $outer:expr, $touches:expr, $detail:expr) => {
        Encoder {
            write: |decoded, raw, out| {
                let mut inner = Vec::with_capacity(decoded.len());
                $inner(decoded, raw, &mut inner);
                $outer(&inner, raw, out);
            },
            touches: set($touches),
            touches_others: false,
            is_plain: false,
            detail: $detail,
        }
    };
}

/// Encoders that are run one after the other; each only where it differs from encoding twice.
pub(in crate::search::rules) const LAYERED: &[Encoder] = &[
    layered!(AS_FORM, BY_THE_RULE, b" ", "as a form first"),
    layered!(AS_FORM, AS_FORM, b" ", "as a form, twice"),
    layered!(AS_JAVA_FORM, BY_THE_RULE, b" *~", "as a form by Java first"),
    layered!(
        AS_JAVA_FORM,
        AS_JAVA_FORM,
        b" *~",
        "as a form by Java, twice"
    ),
    layered!(
        COMPONENT,
        BY_THE_RULE,
        b"!*'()",
        "by encodeURIComponent() first"
    ),
    layered!(
        COMPONENT,
        COMPONENT,
        b"!*'()",
        "by encodeURIComponent(), twice"
    ),
    layered!(AS_QUOTE, BY_THE_RULE, b"/", "by quote() of Python first"),
    layered!(AS_QUOTE, AS_QUOTE, b"/", "by quote() of Python, twice"),
    Encoder {
        write: |decoded, raw, out| {
            let mut inner = Vec::with_capacity(decoded.len());
            LOWER_CASE(decoded, raw, &mut inner);
            BY_THE_RULE(&inner, raw, out);
        },
        touches: RULE_OTHERS,
        touches_others: true,
        is_plain: false,
        detail: "with lower-case digits first",
    },
];
