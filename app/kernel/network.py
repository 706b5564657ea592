"""Network addresses."""

from ipaddress import IPv6Address, ip_address, ip_network


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
