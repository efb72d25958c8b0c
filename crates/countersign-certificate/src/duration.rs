use core::fmt;

/// A number of seconds in the two largest units that are not zero, as people say it: `5 d 6 h`.
pub(crate) struct Words(pub(crate) u64);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
        let mut rest = self.0;
        let mut written = 0_u8;
        for (size, name) in UNITS {
            let count = rest.checked_div(size).unwrap_or(0);
            rest = rest.checked_rem(size).unwrap_or(0);
            match (written, count) {
                (0, 0) => continue,
                (0, _) => write!(f, "{count} {name}")?,
                // The second unit follows the first directly or not at all.
                (_, 0) => return Ok(()),
                (_, _) => return write!(f, " {count} {name}"),
            }
            written = 1;
        }
        if written == 0 {
            return f.write_str("0 s");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn two_units_at_most() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_661, "1 h 1 min"),
            (3_601, "1 h"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (453_600, "5 d 6 h"),
            (453_659, "5 d 6 h"),
            (u64::MAX, "213503982334601 d 7 h"),
        ] {
            assert_eq!(Words(seconds).to_string(), words, "{seconds}");
        }
    }
}
