"""Network addresses."""

from ipaddress import IPv6Address, ip_address, ip_network


def is_own(address: str) -> bool:
    """Returns True for an address by which a machine reaches itself."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def is_near(address: str) -> bool:
    """Returns True for an address of this machine or of a private network."""
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


def source_of(address: str) -> str:
    """Returns the key under which what comes from a network address is counted.

    It is the address for IPv4, and its /64 for IPv6, because one household owns all of a /64.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
