//! Networks, as addresses with a prefix length.

use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

/// An IP address, or a network of them: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
///
/// ```
/// use countersign_tower::IpPrefix;
///
/// let network: IpPrefix = "10.0.0.0/8".parse()?;
/// assert!(network.contains("10.1.2.3".parse().unwrap()));
/// assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// assert!(!network.contains("11.1.2.3".parse().unwrap()));
/// # Ok::<(), countersign_tower::PrefixError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpPrefix {
    address: IpAddr,
    length: u32,
}

/// Not an address with an optional prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrefixError {
    /// The address can't be read.
    #[error("expected an IP address")]
    Address,
    /// The prefix is longer than the address, or no number.
    #[error("expected a prefix length of at most {longest}")]
    Length {
        /// 32 or 128.
        longest: u32,
    },
}

impl IpPrefix {
    /// Whether `address` is in the network; an IPv4 address is itself in either notation.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let differs = match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = u32::BITS.saturating_sub(self.length);
                let differs = network.to_bits() ^ address.to_bits();
                differs.checked_shr(shift).is_some_and(|bits| bits != 0)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = u128::BITS.saturating_sub(self.length);
                let differs = network.to_bits() ^ address.to_bits();
                differs.checked_shr(shift).is_some_and(|bits| bits != 0)
            }
            _ => true,
        };
        !differs
    }
}

impl From<IpAddr> for IpPrefix {
    fn from(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self {
            address,
            length: longest(address),
        }
    }
}

const fn longest(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => u32::BITS,
        IpAddr::V6(_) => u128::BITS,
    }
}

impl FromStr for IpPrefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        let Some((address, length)) = text.split_once('/') else {
            let address: IpAddr = text.parse().map_err(|_| PrefixError::Address)?;
            return Ok(address.into());
        };
        let address: IpAddr = address.parse().map_err(|_| PrefixError::Address)?;
        let longest = longest(address);
        let length = length
            .parse()
            .ok()
            .filter(|length| *length <= longest && !text.contains('+'))
            .ok_or(PrefixError::Length { longest })?;
        Ok(Self { address, length })
    }
}

impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}
