use countersign_clock::UnixTime;

use crate::{Certificate, Validity};

/// The certificates that are valid at `now`, in the order given.
///
/// A verifier uses these and no others. During a roll-over there are two: the old one still lives
/// while the new one already does, and a signature may come from either key.
///
/// # Examples
///
/// ```
/// use countersign_certificate::{Certificate, live};
/// use countersign_clock::UnixTime;
///
/// let registered = [Certificate::read(include_bytes!("../tests/data/good/acme.pem"))?];
/// assert_eq!(live(&registered, registered[0].not_after()).len(), 1);
/// assert_eq!(live(&registered, UnixTime::from_seconds(0)).len(), 0);
/// # Ok::<(), countersign_certificate::CertificateError>(())
/// ```
#[must_use]
pub fn live(certificates: &[Certificate], now: UnixTime) -> Vec<&Certificate> {
    certificates
        .iter()
        .filter(|certificate| certificate.validity(now).is_live())
        .collect()
}

/// Sorts certificates by what they are at `now`.
#[must_use]
pub fn live_set(certificates: &[Certificate], now: UnixTime) -> LiveSet<'_> {
    let mut set = LiveSet {
        live: Vec::new(),
        expired: Vec::new(),
        not_yet: Vec::new(),
        now,
    };
    for certificate in certificates {
        match certificate.validity(now) {
            Validity::Expired { .. } => set.expired.push(certificate),
            Validity::Live { .. } => set.live.push(certificate),
            Validity::NotYet { .. } => set.not_yet.push(certificate),
        }
    }
    set.expired
        .sort_by_key(|certificate| core::cmp::Reverse(certificate.not_after()));
    set.not_yet
        .sort_by_key(|certificate| certificate.not_before());
    set
}

/// The certificates of one consumer at one moment.
///
/// An empty [`live`](Self::live) is what providers report as "No certificates have been registered
/// for the consumer", although [`expired`](Self::expired) may hold some.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LiveSet<'a> {
    live: Vec<&'a Certificate>,
    expired: Vec<&'a Certificate>,
    not_yet: Vec<&'a Certificate>,
    now: UnixTime,
}

impl<'a> LiveSet<'a> {
    /// Those valid now, in the order given.
    #[must_use]
    pub fn live(&self) -> &[&'a Certificate] {
        &self.live
    }

    /// Those that have ended, the latest first.
    #[must_use]
    pub fn expired(&self) -> &[&'a Certificate] {
        &self.expired
    }

    /// Those still to come, the nearest first.
    #[must_use]
    pub fn not_yet(&self) -> &[&'a Certificate] {
        &self.not_yet
    }

    /// The last second up to which there is a live certificate without a gap, counting those that
    /// start in time; `None` if there is none now.
    #[must_use]
    pub fn covered_until(&self) -> Option<UnixTime> {
        let mut until = self
            .live
            .iter()
            .map(|certificate| certificate.not_after())
            .max()?;
        for next in &self.not_yet {
            if next.not_before() <= until.saturating_add(1) {
                until = until.max(next.not_after());
            }
        }
        Some(until.max(self.now))
    }
}
