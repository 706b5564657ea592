"""Network addresses."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def is_own(address: str) -> bool:
    """Returns True for an address by which a machine reaches itself."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def is_near(address: str) -> bool:
    """Returns True for an address of this machine or of a private network."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_private


def source_of(address: str) -> str:
    """Returns the key under which what comes from a network address is counted.

    It is the address for IPv4, and its /64 for IPv6, because one household owns all of a /64.
    """
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False).network_address)
    return str(parsed) if parsed else "unknown"


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Returns the address, that of IPv4 where it is written as one of IPv6; None for what is none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
