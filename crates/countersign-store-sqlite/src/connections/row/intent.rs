//! An intent as one column: seven numbers of eight bytes.

use countersign_clock::UnixTime;
use countersign_token::{Generation, Intent, IntentId};

use crate::fault::Fault;

pub(super) fn encode(intent: Intent) -> Vec<u8> {
    let made = intent.made();
    let seconds = intent.expiry().time().map_or(0, |end| end.since(made));
    let retry = intent.retry_of();
    [
        intent.id().get(),
        intent.generation().get(),
        made.seconds().cast_unsigned(),
        seconds.cast_unsigned(),
        u64::from(intent.attempts()),
        u64::from(retry.is_some()),
        retry.map_or(0, IntentId::get),
    ]
    .into_iter()
    .flat_map(u64::to_be_bytes)
    .collect()
}

pub(super) fn decode(column: &[u8]) -> Result<Intent, Fault> {
    let cut = || Fault::damaged("an intent is no intent");
    let (numbers, rest) = column.as_chunks::<8>();
    let [id, generation, made, seconds, attempts, retried, retry] = numbers else {
        return Err(cut());
    };
    if !rest.is_empty() {
        return Err(cut());
    }
    let number = |bytes: &[u8; 8]| u64::from_be_bytes(*bytes);
    let seconds = u32::try_from(number(seconds)).map_err(|_| cut())?;
    let attempts = u8::try_from(number(attempts)).map_err(|_| cut())?;
    let intent = Intent::new(
        IntentId::new(number(id)),
        Generation::new(number(generation)),
        UnixTime::from_seconds(number(made).cast_signed()),
        seconds,
    )
    .with_attempts(attempts);
    Ok(match number(retried) {
        0 => intent,
        _ => intent.with_retry_of(IntentId::new(number(retry))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_comes_back_and_a_part_of_one_does_not() {
        let made = UnixTime::from_seconds(-7);
        let plain = Intent::new(IntentId::new(u64::MAX), Generation::new(3), made, 60);
        for intent in [
            plain,
            plain.with_attempts(1).with_retry_of(IntentId::new(0)),
        ] {
            let column = encode(intent);
            assert_eq!(decode(&column).unwrap(), intent);
            for end in 0..column.len() {
                assert!(decode(&column[..end]).is_err());
            }
        }
    }
}
