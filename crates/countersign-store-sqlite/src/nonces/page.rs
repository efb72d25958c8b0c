//! Nonces in blobs of one length, of which one fills a page of the database: a blob that is written
//! over touches its page and no other.

use countersign_clock::UnixTime;
use countersign_store::Fingerprint;

use crate::fault::Fault;

/// With its row the most that a leaf of 4096 bytes holds without an overflow, but for one byte.
pub(super) const LENGTH: usize = 4056;
/// The number of the commit, and how many entries follow.
const HEAD: usize = 16;
/// Two fingerprints and a timestamp.
pub(super) const ENTRY: usize = 40;
/// The most entries of one page.
pub(super) const MOST: usize = 101;

const _: () = assert!(HEAD + MOST * ENTRY == LENGTH, "a page is full");

/// What is kept of a nonce. The timestamp and not its end: the window may be another one after a
/// restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) consumer: Fingerprint,
    pub(crate) timestamp: UnixTime,
}

impl Entry {
    pub(super) fn pack(&self) -> [u8; ENTRY] {
        let mut packed = [0; ENTRY];
        let (fingerprint, rest) = packed.split_at_mut(16);
        let (consumer, timestamp) = rest.split_at_mut(16);
        fingerprint.copy_from_slice(&self.fingerprint.to_bytes());
        consumer.copy_from_slice(&self.consumer.to_bytes());
        timestamp.copy_from_slice(&self.timestamp.seconds().to_le_bytes());
        packed
    }

    pub(super) fn unpack(packed: &[u8; ENTRY]) -> Option<Self> {
        let (fingerprint, rest) = packed.split_first_chunk()?;
        let (consumer, rest) = rest.split_first_chunk()?;
        let timestamp = i64::from_le_bytes(rest.try_into().ok()?);
        Some(Self {
            fingerprint: Fingerprint::from_bytes(*fingerprint),
            consumer: Fingerprint::from_bytes(*consumer),
            timestamp: UnixTime::from_seconds(timestamp),
        })
    }
}

/// The blob of one row, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Page {
    bytes: Vec<u8>,
    serial: u64,
    count: usize,
    /// The oldest and the newest timestamp.
    span: Option<(UnixTime, UnixTime)>,
}

impl Page {
    pub(super) fn empty() -> Self {
        Self {
            bytes: vec![0; LENGTH],
            serial: 0,
            count: 0,
            span: None,
        }
    }

    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, Fault> {
        let damaged = || Fault::damaged("a page of nonces is not as it was written");
        let number = |at| {
            let chunk = bytes.get(at..)?.first_chunk()?;
            Some(u64::from_le_bytes(*chunk))
        };
        let (serial, count) = number(0).zip(number(8)).ok_or_else(damaged)?;
        let count = usize::try_from(count).map_err(|_| damaged())?;
        if bytes.len() != LENGTH || count > MOST {
            return Err(damaged());
        }
        let mut page = Self {
            bytes,
            serial,
            count,
            span: None,
        };
        page.span = page
            .entries()
            .fold(None, |span, entry| widened(span, entry.timestamp));
        Ok(page)
    }

    /// The commit that wrote it last.
    pub(super) const fn serial(&self) -> u64 {
        self.serial
    }

    pub(super) const fn span(&self) -> Option<(UnixTime, UnixTime)> {
        self.span
    }

    pub(super) const fn room(&self) -> usize {
        MOST.saturating_sub(self.count)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let packed = self.bytes.get(HEAD..).unwrap_or_default();
        let (entries, _) = packed.as_chunks();
        entries.iter().take(self.count).filter_map(Entry::unpack)
    }

    /// Takes in as many as there is room for.
    pub(super) fn fill(&mut self, entries: &[Entry]) {
        let packed = self.bytes.get_mut(HEAD..).unwrap_or_default();
        let (places, _) = packed.as_chunks_mut();
        for (place, entry) in places.iter_mut().skip(self.count).zip(entries) {
            *place = entry.pack();
            self.count = self.count.saturating_add(1);
            self.span = widened(self.span, entry.timestamp);
        }
    }

    /// The blob as the commit of this number writes it.
    pub(super) fn bytes(&mut self, serial: u64) -> &[u8] {
        self.serial = serial;
        let count = u64::try_from(self.count).unwrap_or(u64::MAX);
        let head = serial.to_le_bytes().into_iter().chain(count.to_le_bytes());
        for (byte, new) in self.bytes.iter_mut().zip(head) {
            *byte = new;
        }
        &self.bytes
    }
}

fn widened(
    span: Option<(UnixTime, UnixTime)>,
    timestamp: UnixTime,
) -> Option<(UnixTime, UnixTime)> {
    let (oldest, newest) = span.unwrap_or((timestamp, timestamp));
    Some((oldest.min(timestamp), newest.max(timestamp)))
}

#[cfg(test)]
mod tests {
    use countersign_store::{Domain, FingerprintKey};

    use super::*;

    fn entry(number: u8) -> Entry {
        let key = FingerprintKey::from_bytes([7; 16]);
        Entry {
            fingerprint: key.of(Domain::Nonce, &[&[number]]),
            consumer: key.of(Domain::Consumer, &[b"b"]),
            timestamp: UnixTime::from_seconds(i64::from(number)).saturating_sub(5),
        }
    }

    #[test]
    fn entries_come_back() {
        let entries: Vec<_> = (0..=200).map(entry).collect();
        for (some, kept) in [
            (0..0, 0),
            (0..1, 1),
            (3..50, 47),
            (0..101, 101),
            (0..200, 101),
        ] {
            let some = entries.get(some).unwrap();
            let mut page = Page::empty();
            page.fill(some);
            assert_eq!(page.room(), MOST - kept);
            let read = Page::read(page.bytes(9).to_vec()).unwrap();
            assert_eq!(read.serial(), 9);
            assert!(read.entries().eq(some.iter().copied().take(kept)));
            assert_eq!(read.span(), page.span());
            let stamps = some.iter().take(kept).map(|entry| entry.timestamp);
            assert_eq!(read.span(), stamps.clone().min().zip(stamps.max()));
        }
    }

    #[test]
    fn a_page_that_lost_something_is_damaged() {
        let mut page = Page::empty();
        page.fill(&[entry(1)]);
        let good = page.bytes(1).to_vec();
        for length in [0, 7, 15, 16, 56, LENGTH - 1] {
            let error = Page::read(good[..length].to_vec()).unwrap_err();
            assert!(matches!(error, Fault::Damaged(_)), "{length}: {error}");
        }
        let mut many = good;
        many[8] = 102;
        assert!(matches!(Page::read(many), Err(Fault::Damaged(_))));
    }
}
