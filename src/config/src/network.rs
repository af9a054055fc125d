//! Lists of addresses and networks.

use std::net::IpAddr;

use crate::value::{FromText, OptionValue};

/// An address, or all that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Networks separated by white space or commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `ip` is in one of them. An IPv4 address that is written as an IPv6 one is the IPv4 address.
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(ip.to_canonical()))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse().ok()?, Some(bits.parse().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let most = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Network { address, bits })
    }

    fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(own), IpAddr::V4(ip)) => {
                let differing = own.to_bits() ^ ip.to_bits();
                differing.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(ip)) => {
                let differing = own.to_bits() ^ ip.to_bits();
                differing.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromText for Networks {
    const EXPECTED: &'static str = "addresses and networks such as 192.0.2.7 or 198.51.100.0/24";

    fn from_text(text: &str) -> Option<Networks> {
        let words = text.split([' ', '\t', '\n', ',']).filter(|word| !word.is_empty());
        words.map(Network::parse).collect::<Option<Vec<_>>>().map(Networks)
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Text(
            self.0.iter().map(|n| format!("{}/{}", n.address, n.bits)).collect::<Vec<_>>().join(" "),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_bit_by_bit() {
        let list = Networks::from_text("192.0.2.7, 10.1.0.0/16 2001:db8::/33\n::1").unwrap();
        let inside = |ip: &str| list.contains(ip.parse().unwrap());
        for ip in ["192.0.2.7", "::ffff:192.0.2.7", "10.1.255.1", "2001:db8:7fff::1", "::1"] {
            assert!(inside(ip), "{ip}");
        }
        for ip in ["192.0.2.8", "10.2.0.1", "2001:db8:8000::1", "::2", "127.0.0.1"] {
            assert!(!inside(ip), "{ip}");
        }
        assert!(Networks::from_text("0.0.0.0/0").unwrap().contains("1.2.3.4".parse().unwrap()));
        assert!(!Networks::default().contains("127.0.0.1".parse().unwrap()));
        for wrong in ["localhost", "10.0.0.0/33", "10.0.0/8", "::/129"] {
            assert_eq!(Networks::from_text(wrong), None, "{wrong}");
        }
    }
}
