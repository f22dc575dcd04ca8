//! Reach: which addresses of the network this server may connect to for printing.
//! May use: addresses, looking names up. Never: a connection.
//! Invariant: an address is judged after its name was looked up, and that very address is connected to; what a network gives
//! only its own machines (link-local, a cloud's metadata) is never reached, whoever allows it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The networks a printer may stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach(Vec<Network>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

/// Why a printer is not connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReachError {
    /// Its name means nothing here.
    #[error("no machine of this name is known")]
    Unknown,
    /// It is none of the addresses a printer may have.
    #[error("the server may not reach this address")]
    Refused,
}

impl Default for Reach {
    fn default() -> Self {
        Self::parse(Self::DEFAULT).unwrap_or(Self(Vec::new()))
    }
}

impl Reach {
    /// The networks that shops have.
    pub const DEFAULT: &str = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7";

    /// Reads a list of networks, with commas between them; none of them for an empty text.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(Network::parse).collect::<Option<Vec<_>>>().map(Self)
    }

    /// May it be reached?
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        !is_never(address) && self.0.iter().any(|network| network.holds(address))
    }

    /// Is it an address of the public internet: nobody's own network, nothing set aside for another use, and none of those that
    /// stand for an address of the other kind? Source: the special-purpose address registries of IANA (RFC 6890).
    pub fn is_public(address: IpAddr) -> bool {
        match address.to_canonical() {
            address if is_never(address) => false,
            IpAddr::V4(v4) => !NOT_PUBLIC_V4.iter().any(|(at, bits)| {
                Network { address: IpAddr::V4(Ipv4Addr::from(*at)), bits: *bits }.holds(IpAddr::V4(v4))
            }),
            // Global unicast alone, without those that carry an IPv4 address or belong to documents.
            IpAddr::V6(v6) => {
                let [first, second, ..] = v6.segments();
                first & 0xe000 == 0x2000
                    && first != 0x2002
                    && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
            }
        }
    }

    /// Would it be refused, as far as can be said without looking a name up?
    pub fn refuses(&self, host: &str) -> bool {
        host.parse::<IpAddr>().is_ok_and(|address| !self.allows(address))
    }

    /// The addresses of a printer that may be reached.
    pub async fn find(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ReachError> {
        let found: Vec<SocketAddr> =
            tokio::net::lookup_host((host, port)).await.map_err(|_| ReachError::Unknown)?.collect();
        let known = !found.is_empty();
        let found: Vec<_> = found.into_iter().filter(|at| self.allows(at.ip())).collect();
        match found.is_empty() {
            false => Ok(found),
            true if known => Err(ReachError::Refused),
            true => Err(ReachError::Unknown),
        }
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let (address, bits) = (address.parse::<IpAddr>().ok()?, bits.parse::<u32>().ok()?);
        let most = if address.is_ipv4() { 32 } else { 128 };
        (bits <= most).then_some(Self { address, bits })
    }

    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differs = u32::from(network) ^ u32::from(address);
                differs.checked_shr(32_u32.saturating_sub(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differs = u128::from(network) ^ u128::from(address);
                differs.checked_shr(128_u32.saturating_sub(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Where clouds tell a machine its secrets beside the link-local addresses.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];

/// Of IPv4: this network, private ones, carriers' own, loopback, protocols', documents', benchmarks', what is reserved.
const NOT_PUBLIC_V4: [([u8; 4], u32); 12] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([240, 0, 0, 0], 4),
];

fn is_never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.octets()[0] == 0
                || METADATA_V4.contains(&address)
        }
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address.is_multicast()
                || address.is_unspecified()
                || METADATA_V6.contains(&address)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printers_stand_in_private_networks_and_nothing_else_is_reached() {
        let usual = Reach::default();
        let all = Reach::parse("0.0.0.0/0, ::/0").unwrap();
        let here = Reach::parse("127.0.0.0/8,192.168.7.0/24").unwrap();
        let none = Reach::parse("").unwrap();
        // usual, everything, some
        for (address, allowed) in [
            ("192.168.1.50", "ua"),
            ("192.168.7.50", "uah"),
            ("192.168.8.50", "ua"),
            ("10.1.2.3", "ua"),
            ("172.16.0.9", "ua"),
            ("172.31.255.1", "ua"),
            ("172.32.0.1", "a"),
            ("fd00::12", "ua"),
            ("::ffff:192.168.7.50", "uah"),
            ("127.0.0.1", "ah"),
            ("::ffff:127.0.0.1", "ah"),
            ("::1", "a"),
            ("8.8.8.8", "a"),
            ("2001:db8::1", "a"),
            // Whoever allows them.
            ("169.254.169.254", ""),
            ("::ffff:169.254.169.254", ""),
            ("169.254.0.7", ""),
            ("fe80::1", ""),
            ("fd00:ec2::254", ""),
            ("fd20:ce::254", ""),
            ("168.63.129.16", ""),
            ("100.100.100.200", ""),
            ("192.0.0.192", ""),
            ("0.0.0.0", ""),
            ("0.1.2.3", ""),
            ("::", ""),
            ("224.0.0.1", ""),
            ("255.255.255.255", ""),
            ("ff02::1", ""),
        ] {
            let at: IpAddr = address.parse().unwrap();
            for (letter, reach) in [('u', &usual), ('a', &all), ('h', &here), ('n', &none)] {
                assert_eq!(reach.allows(at), allowed.contains(letter), "{address} {letter}");
                assert_eq!(reach.refuses(address), !allowed.contains(letter), "{address} {letter}");
            }
        }
        assert!(!usual.refuses("printer.shop.lan"), "a name is judged when it has been looked up");
        for wrong in ["192.168.0.0", "192.168.0.0/33", "fd00::/129", "x/8", "10.0.0.0/8;::1/128"] {
            assert_eq!(Reach::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_public_internet_is_what_is_nobodys_own() {
        for public in
            ["8.8.8.8", "93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(Reach::is_public(public.parse().unwrap()), "{public}");
        }
        for own in [
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "127.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "169.254.169.254",
            "0.0.0.0",
            "198.18.0.1",
            "203.0.113.9",
            "240.0.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!Reach::is_public(own.parse().unwrap()), "{own}");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_means() {
        assert_eq!(Reach::default().find("localhost", 9_100).await, Err(ReachError::Refused));
        assert_eq!(Reach::default().find("169.254.169.254", 9_100).await, Err(ReachError::Refused));
        let found = Reach::parse("127.0.0.0/8").unwrap().find("localhost", 9_100).await.unwrap();
        assert_eq!(found, ["127.0.0.1:9100".parse().unwrap()]);
    }
}
