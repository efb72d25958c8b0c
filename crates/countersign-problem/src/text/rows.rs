//! The rows, by where the texts come from.

mod bricklink_and_others;
mod commerce;
mod devdefined;
mod invented_codes;
mod lti;
mod mediawiki;
mod netsuite;
mod prose;
mod withings;
mod wordpress;
mod x;
mod xero;

use super::TextRow;

/// All rows.
pub(super) static TABLES: [&[TextRow]; 12] = [
    xero::ROWS,
    devdefined::ROWS,
    invented_codes::ROWS,
    x::ROWS,
    netsuite::ROWS,
    commerce::ROWS,
    wordpress::ROWS,
    mediawiki::ROWS,
    lti::ROWS,
    bricklink_and_others::ROWS,
    withings::ROWS,
    prose::ROWS,
];

/// A table of rows, each written as
/// `kind(text) by ["who"], CODE; "meaning"; ["causes"]; ["remedies"]; "settles"; "source", A;`, with
/// `CODE, token_may_be_good;` where the text tells nothing of the token.
macro_rules! rows {
    ($($kind:ident($($text:tt)*) by [$($who:literal),+], $code:ident $(, $may:ident)?;
        $meaning:literal; [$($cause:literal),+ $(,)?]; [$($remedy:literal),+ $(,)?];
        $settles:literal; $source:literal, $grade:ident;)*) => {
        pub(super) static ROWS: &[crate::text::TextRow] = &[$(
            crate::text::TextRow {
                pattern: crate::text::rows::rows!(@pattern $kind($($text)*)),
                providers: &[$($who),+],
                code: crate::text::rows::rows!(@code $code),
                token_may_be_good: crate::text::rows::rows!(@may $($may)?),
                meaning: $meaning,
                causes: &[$($cause),+],
                remedies: &[$($remedy),+],
                settles: $settles,
                source: $source,
                grade: crate::text::Grade::$grade,
            },
        )*];
    };
    (@pattern Number($at:literal, $value:literal)) => {
        crate::text::Pattern::Number { at: $at, value: $value }
    };
    (@pattern $kind:ident($text:literal)) => { crate::text::Pattern::$kind($text) };
    (@may) => { false };
    (@may token_may_be_good) => { true };
    (@code NONE) => { None };
    (@code $code:ident) => { Some(crate::ProblemCode::$code) };
}
use rows;
