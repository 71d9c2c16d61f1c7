//! The address guard: which addresses a connection may go to.
//!
//! Names of other servers come from strangers, and whoever chooses a name chooses where it points. So every
//! address is judged right where it is used: literals before connecting, names in the resolver. Judging fails
//! closed: what is not known to be ordinary public space is refused. IPv6 forms that carry an IPv4 address are
//! judged by it, because that is where the packets go.
//!
//! *A name with several addresses:* all are judged, the allowed ones are used, and it is refused when none is
//! left. Refusing it for one bad answer would add nothing, since only judged addresses are connected to, and
//! would cut off people whose router adds a private answer beside the public one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// What the guard lets through besides public addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    /// Loopback addresses, for tests and load tools on one machine.
    pub allow_loopback: bool,
    /// Private and carrier-grade NAT ranges, for servers that the owner added by hand.
    pub allow_private: bool,
}

/// What an address is for, as far as the guard cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// Somewhere inside the carrier's network (100.64.0.0/10).
    CarrierNat,
    /// Only this link (169.254.0.0/16, `fe80::/10`).
    LinkLocal,
    /// This machine.
    Loopback,
    /// A cloud's service that hands out secrets to whoever asks from inside.
    Metadata,
    /// Many machines at once.
    Multicast,
    /// Somewhere inside the local network (10/8, 172.16/12, 192.168/16, `fc00::/7`).
    Private,
    /// An ordinary address on the internet.
    Public,
    /// Set aside for documentation, benchmarks, tunnels or the future; no server lives there.
    Reserved,
    /// No address at all.
    Unspecified,
}

/// An address that the guard does not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the address {address} is not allowed ({kind:?})")]
pub struct ForbiddenAddress {
    /// The address.
    pub address: IpAddr,
    /// What it is.
    pub kind: AddressKind,
}

impl AddressPolicy {
    /// Judges one address.
    pub fn judge(self, address: IpAddr) -> Result<(), ForbiddenAddress> {
        let kind = kind_of(address);
        let is_allowed = match kind {
            AddressKind::Public => true,
            AddressKind::CarrierNat | AddressKind::Private => self.allow_private,
            // `::ffff:127.0.0.1` and its relatives stay out: nothing honest is spelled that way.
            AddressKind::Loopback => self.allow_loopback && address.is_loopback(),
            _ => false,
        };
        if is_allowed {
            Ok(())
        } else {
            Err(ForbiddenAddress { address, kind })
        }
    }
}

/// What an address is for.
pub fn kind_of(address: IpAddr) -> AddressKind {
    match address {
        IpAddr::V4(v4) => kind_of_v4(v4),
        IpAddr::V6(v6) => kind_of_v6(v6),
    }
}

/// Services on ordinary-looking addresses that answer only inside a cloud, with its secrets.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
];
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];

/// The special-purpose registry for IPv4; the first match counts. Everything else is public.
const RANGES_V4: &[(Ipv4Addr, u32, AddressKind)] = &[
    (Ipv4Addr::UNSPECIFIED, 32, AddressKind::Unspecified),
    (Ipv4Addr::UNSPECIFIED, 8, AddressKind::Reserved),
    (Ipv4Addr::new(10, 0, 0, 0), 8, AddressKind::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, AddressKind::CarrierNat),
    (Ipv4Addr::new(127, 0, 0, 0), 8, AddressKind::Loopback),
    (Ipv4Addr::new(169, 254, 0, 0), 16, AddressKind::LinkLocal),
    (Ipv4Addr::new(172, 16, 0, 0), 12, AddressKind::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(192, 0, 2, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(192, 31, 196, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(192, 52, 193, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(192, 88, 99, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(192, 168, 0, 0), 16, AddressKind::Private),
    (Ipv4Addr::new(192, 175, 48, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(198, 18, 0, 0), 15, AddressKind::Reserved),
    (Ipv4Addr::new(198, 51, 100, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(203, 0, 113, 0), 24, AddressKind::Reserved),
    (Ipv4Addr::new(224, 0, 0, 0), 4, AddressKind::Multicast),
    (Ipv4Addr::new(240, 0, 0, 0), 4, AddressKind::Reserved),
];

/// The special-purpose registry for IPv6 as far as it lies in `2000::/3` or is named by the guard's own rules.
/// Outside `2000::/3` nothing is public.
const RANGES_V6: &[(Ipv6Addr, u32, AddressKind)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, AddressKind::Unspecified),
    (Ipv6Addr::LOCALHOST, 128, AddressKind::Loopback),
    // Protocol assignments, with Teredo, ORCHID and the benchmarking range inside.
    (
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),
        23,
        AddressKind::Reserved,
    ),
    (
        Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0),
        32,
        AddressKind::Reserved,
    ),
    (
        Ipv6Addr::new(0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0),
        48,
        AddressKind::Reserved,
    ),
    (
        Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0),
        20,
        AddressKind::Reserved,
    ),
    (
        Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0),
        7,
        AddressKind::Private,
    ),
    (
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
        10,
        AddressKind::LinkLocal,
    ),
    (
        Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0),
        8,
        AddressKind::Multicast,
    ),
    (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3, AddressKind::Public),
];

fn kind_of_v4(address: Ipv4Addr) -> AddressKind {
    if METADATA_V4.contains(&address) {
        return AddressKind::Metadata;
    }
    RANGES_V4
        .iter()
        .find(|(base, length, _)| shares_prefix_v4(address, *base, *length))
        .map_or(AddressKind::Public, |(_, _, kind)| *kind)
}

fn kind_of_v6(address: Ipv6Addr) -> AddressKind {
    if METADATA_V6.contains(&address) {
        return AddressKind::Metadata;
    }
    if let Some(v4) = carried_v4(address) {
        return kind_of_v4(v4);
    }
    RANGES_V6
        .iter()
        .find(|(base, length, _)| shares_prefix_v6(address, *base, *length))
        .map_or(AddressKind::Reserved, |(_, _, kind)| *kind)
}

/// The IPv4 address inside a mapped, 6to4 or well-known NAT64 address.
///
/// Two relatives are missing on purpose and so are reserved: IPv4-compatible addresses (`::a.b.c.d`), which no
/// network carries any more, and local-use NAT64 (`64:ff9b:1::/48`), whose layout only its operator knows.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let pair = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x0064, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(pair(high, low)),
        _ => None,
    }
}

fn shares_prefix_v4(address: Ipv4Addr, base: Ipv4Addr, length: u32) -> bool {
    let differing = address.to_bits() ^ base.to_bits();
    differing.leading_zeros() >= length
}

fn shares_prefix_v6(address: Ipv6Addr, base: Ipv6Addr, length: u32) -> bool {
    let differing = address.to_bits() ^ base.to_bits();
    differing.leading_zeros() >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: AddressPolicy = AddressPolicy {
        allow_loopback: false,
        allow_private: false,
    };
    const ADDED_BY_OWNER: AddressPolicy = AddressPolicy {
        allow_loopback: false,
        allow_private: true,
    };
    const ON_ONE_MACHINE: AddressPolicy = AddressPolicy {
        allow_loopback: true,
        allow_private: false,
    };

    fn is_allowed(policy: AddressPolicy, address: &str) -> bool {
        policy.judge(address.parse().unwrap()).is_ok()
    }

    /// First and last address of each range, and what lies inside it.
    const TABLE: &[(&str, AddressKind)] = &[
        ("0.0.0.0", AddressKind::Unspecified),
        ("0.0.0.1", AddressKind::Reserved),
        ("0.255.255.255", AddressKind::Reserved),
        ("1.0.0.0", AddressKind::Public),
        ("9.255.255.255", AddressKind::Public),
        ("10.0.0.0", AddressKind::Private),
        ("10.255.255.255", AddressKind::Private),
        ("11.0.0.0", AddressKind::Public),
        ("100.63.255.255", AddressKind::Public),
        ("100.64.0.0", AddressKind::CarrierNat),
        ("100.100.100.200", AddressKind::Metadata),
        ("100.127.255.255", AddressKind::CarrierNat),
        ("100.128.0.0", AddressKind::Public),
        ("126.255.255.255", AddressKind::Public),
        ("127.0.0.0", AddressKind::Loopback),
        ("127.255.255.255", AddressKind::Loopback),
        ("128.0.0.0", AddressKind::Public),
        ("168.63.129.16", AddressKind::Metadata),
        ("169.254.0.0", AddressKind::LinkLocal),
        ("169.254.169.254", AddressKind::Metadata),
        ("169.254.255.255", AddressKind::LinkLocal),
        ("172.15.255.255", AddressKind::Public),
        ("172.16.0.0", AddressKind::Private),
        ("172.31.255.255", AddressKind::Private),
        ("172.32.0.0", AddressKind::Public),
        ("192.0.0.0", AddressKind::Reserved),
        ("192.0.0.192", AddressKind::Reserved),
        ("192.0.1.0", AddressKind::Public),
        ("192.0.2.255", AddressKind::Reserved),
        ("192.31.196.1", AddressKind::Reserved),
        ("192.52.193.1", AddressKind::Reserved),
        ("192.88.99.1", AddressKind::Reserved),
        ("192.168.0.0", AddressKind::Private),
        ("192.168.255.255", AddressKind::Private),
        ("192.169.0.0", AddressKind::Public),
        ("192.175.48.1", AddressKind::Reserved),
        ("198.17.255.255", AddressKind::Public),
        ("198.18.0.0", AddressKind::Reserved),
        ("198.19.255.255", AddressKind::Reserved),
        ("198.20.0.0", AddressKind::Public),
        ("198.51.100.1", AddressKind::Reserved),
        ("203.0.113.1", AddressKind::Reserved),
        ("223.255.255.255", AddressKind::Public),
        ("224.0.0.0", AddressKind::Multicast),
        ("239.255.255.255", AddressKind::Multicast),
        ("240.0.0.0", AddressKind::Reserved),
        ("255.255.255.255", AddressKind::Reserved),
        ("::", AddressKind::Unspecified),
        ("::1", AddressKind::Loopback),
        // IPv4-compatible
        ("::2", AddressKind::Reserved),
        ("::7f00:1", AddressKind::Reserved),
        ("::8.8.8.8", AddressKind::Reserved),
        // IPv4-mapped
        ("::ffff:8.8.8.8", AddressKind::Public),
        ("::ffff:127.0.0.1", AddressKind::Loopback),
        ("::ffff:10.1.2.3", AddressKind::Private),
        ("::ffff:169.254.169.254", AddressKind::Metadata),
        ("::ffff:0.0.0.0", AddressKind::Unspecified),
        // IPv4-translated
        ("::ffff:0:8.8.8.8", AddressKind::Reserved),
        // NAT64, well-known and local-use
        ("64:ff9b::8.8.8.8", AddressKind::Public),
        ("64:ff9b::127.0.0.1", AddressKind::Loopback),
        ("64:ff9b::192.168.1.1", AddressKind::Private),
        ("64:ff9b::a9fe:a9fe", AddressKind::Metadata),
        ("64:ff9b:0:0:0:1::", AddressKind::Reserved),
        ("64:ff9b:1::8.8.8.8", AddressKind::Reserved),
        ("64:ff9b:1:ffff::1", AddressKind::Reserved),
        // discard-only, SRv6
        ("100::1", AddressKind::Reserved),
        ("5f00::1", AddressKind::Reserved),
        // 6to4
        ("2002:808:808::1", AddressKind::Public),
        ("2002:7f00:1::1", AddressKind::Loopback),
        ("2002:c0a8:101::1", AddressKind::Private),
        ("2002:a9fe:a9fe::", AddressKind::Metadata),
        // protocol assignments: Teredo, benchmarking, AMT, ORCHIDv2
        ("2001::1", AddressKind::Reserved),
        ("2001:2::1", AddressKind::Reserved),
        ("2001:3::1", AddressKind::Reserved),
        ("2001:20::1", AddressKind::Reserved),
        ("2001:1ff:ffff::1", AddressKind::Reserved),
        ("2001:200::1", AddressKind::Public),
        ("2001:db8::1", AddressKind::Reserved),
        ("2001:db9::1", AddressKind::Public),
        ("2606:4700::1111", AddressKind::Public),
        ("2620:4f:8000::1", AddressKind::Reserved),
        ("3fff:fff::1", AddressKind::Reserved),
        ("3fff:1000::1", AddressKind::Public),
        ("4000::1", AddressKind::Reserved),
        ("fbff::1", AddressKind::Reserved),
        ("fc00::1", AddressKind::Private),
        ("fd00:ec2::254", AddressKind::Metadata),
        ("fd20:ce::254", AddressKind::Metadata),
        ("fdff:ffff::1", AddressKind::Private),
        ("fe00::1", AddressKind::Reserved),
        ("fe80::1", AddressKind::LinkLocal),
        ("febf::1", AddressKind::LinkLocal),
        // the old site-local range
        ("fec0::1", AddressKind::Reserved),
        ("ff02::1", AddressKind::Multicast),
    ];

    #[test]
    fn every_special_purpose_range_is_known() {
        for (address, kind) in TABLE {
            assert_eq!(kind_of(address.parse().unwrap()), *kind, "{address}");
        }
    }

    #[test]
    fn a_stranger_gets_public_addresses_only() {
        for (address, kind) in TABLE {
            assert_eq!(
                is_allowed(STRANGER, address),
                *kind == AddressKind::Public,
                "{address}"
            );
        }
    }

    #[test]
    fn the_owner_may_add_private_addresses_and_nothing_else() {
        for (address, kind) in TABLE {
            let expected = matches!(
                kind,
                AddressKind::Public | AddressKind::Private | AddressKind::CarrierNat
            );
            assert_eq!(is_allowed(ADDED_BY_OWNER, address), expected, "{address}");
        }
    }

    #[test]
    fn the_loopback_switch_opens_loopback_in_its_plain_spelling() {
        for (address, kind) in TABLE {
            let is_plain = matches!(*address, "127.0.0.0" | "127.255.255.255" | "::1");
            let expected = *kind == AddressKind::Public || is_plain;
            assert_eq!(is_allowed(ON_ONE_MACHINE, address), expected, "{address}");
        }
    }

    #[test]
    fn a_refusal_names_address_and_kind() {
        let error = STRANGER.judge("::ffff:10.0.0.1".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the address ::ffff:10.0.0.1 is not allowed (Private)"
        );
    }
}
