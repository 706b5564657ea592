"""Reading an address that somebody typed, without becoming their way into our own network, and
speaking to the programs that the settings name, with the same care.

The name is resolved once for each hop, every address it has must be a public one, and the
connection goes to exactly the address that was checked (the name stays in TLS and in the Host
header): a name that answers differently a moment later gains nothing. No cookies, no credentials,
no proxy; at most three redirects, each checked afresh; the deadline holds for the whole reading,
and the limit for what comes out of the compression.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from app.kernel.text import N_

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse
    from urllib3.connection import HTTPConnection

MOST_REDIRECTS = 3
CHUNK = 64 * 1024
PORTS = {443, 8443}
LONGEST_URL = 2000
LONGEST_TAG = 200
REDIRECTS = {301, 302, 303, 307, 308}
OK, NOT_MODIFIED = 200, 304
NAME = re.compile(r"[a-z0-9]([a-z0-9_.-]*[a-z0-9])?\.?|[0-9a-f:.]+", re.ASCII)
# Ways to write an IPv4 address as IPv6, each with a gateway behind it; and what is_global lets
# through by its registry.
CLOSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "::/96",
            "::ffff:0:0/96",
            "::ffff:0:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)

NOT_AN_ADDRESS = N_(
    "This is not an address that can be read. It begins with https:// or webcal://."
)
# One sentence for both, so that nobody learns which names our own network knows.
NOT_PUBLIC = N_("This address cannot be found on the public internet.")
NO_ANSWER = N_("The other server does not answer.")
TOO_SLOW = N_("The other server took too long.")
NOT_TRUSTED = N_("The other server cannot prove who it is: its certificate is not valid.")
TOO_MUCH = N_("The answer is too large.")
TOO_MANY_HOPS = N_("The address keeps redirecting to other addresses.")
REFUSED = N_("The other server answered with the code %(status)s.")
GARBLED = N_("The answer is damaged.")

Resolver = Callable[[str, int], list[str]]


class FetchFailed(Exception):
    """Nothing was read; `msgid` with `params` says why, and never repeats the address."""

    def __init__(self, msgid: str, **params: str) -> None:
        super().__init__(msgid)
        self.msgid, self.params = msgid, params


@dataclass(frozen=True)
class Fetched:
    """`content` is None when nothing has changed since the tags that were sent."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Answered:
    """What a program answered, whatever its code says; `headers` are found in any letters."""

    status: int
    content: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Place:
    scheme: str
    host: str
    port: int
    path: str


def is_public(address: str) -> bool:
    """Returns True when an IP address is one of the public internet's, in the plainest spelling."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    inside = any(ip in network for network in CLOSED if network.version == ip.version)
    return ip.is_global and not inside and not ip.is_multicast and not ip.is_reserved


def place_of(url: str, allow: Collection[str] = ()) -> _Place:
    """Returns where an address leads.

    Raises FetchFailed for what is not https (but for hosts in `allow`), bears a user's name or
    password, or another port than the web's.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (
            (parts.hostname or "").encode("idna").decode("ascii").lower() if parts.hostname else ""
        )
    except (ValueError, UnicodeError):
        raise FetchFailed(NOT_AN_ADDRESS) from None
    is_allowed = host in allow
    schemes = {"https", "webcal", "webcals"} | ({"http"} if is_allowed else set())
    if (
        not NAME.fullmatch(host)
        or parts.scheme not in schemes
        or "@" in parts.netloc
        or len(url) > LONGEST_URL
    ):
        raise FetchFailed(NOT_AN_ADDRESS)
    scheme = "http" if parts.scheme == "http" else "https"
    port = port or (80 if scheme == "http" else 443)
    if port not in PORTS and not is_allowed:
        raise FetchFailed(NOT_AN_ADDRESS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise FetchFailed(NOT_AN_ADDRESS)
    return _Place(scheme, host, port, path)


def addresses_of(host: str, port: int) -> list[str]:
    """Returns all addresses of a name, as the machine resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    limit_bytes: int,
    timeout: float,
    allow: Collection[str] = (),
    resolve: Resolver = addresses_of,
) -> Fetched:
    """Returns the content of an address; raises FetchFailed.

    `timeout` in seconds is for everything together. `allow`: names of hosts that the operator
    vouches for; they may be private, on any port and without TLS.
    """
    deadline = time.monotonic() + timeout
    for _ in range(MOST_REDIRECTS + 1):
        place = place_of(url, allow)
        address = _checked_address(place, allow, resolve)
        with _asking(place, address, deadline, _headers(etag, last_modified)) as response:
            if response.status in REDIRECTS and (leads_to := response.headers.get("Location")):
                url = _joined(url, leads_to)
                continue
            return _answer(response, limit_bytes, is_conditional=bool(etag or last_modified))
    raise FetchFailed(TOO_MANY_HOPS)


def speak_to(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    limit_bytes: int,
    timeout: float,
    allow: Collection[str] = (),
    resolve: Resolver = addresses_of,
) -> Answered:
    """Sends one request and returns the answer with any code; follows no redirect, because the
    headers may hold a secret. Raises FetchFailed when there is no whole answer.
    """
    deadline = time.monotonic() + timeout
    place = place_of(url, allow)
    address = _checked_address(place, allow, resolve)
    common = {"Accept-Encoding": "gzip", "User-Agent": "Convoca", "Connection": "close"}
    with _asking(
        place, address, deadline, {**common, **headers}, method=method, body=body
    ) as response:
        return Answered(response.status, _unpacked(response, limit_bytes), response.headers)


def certificate_end(host: str, port: int, *, timeout: float) -> datetime:
    """Returns until when the certificate is good that a server shows for its name (UTC). Sends
    nothing but the handshake. Raises ssl.SSLError where it is not valid, OSError without an answer.

    `host` is the installation's own name, which may stand for an address of our own network.
    """
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=timeout) as plain,
        context.wrap_socket(plain, server_hostname=host) as shown,
    ):
        certificate = shown.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), tz=UTC)


def _joined(url: str, leads_to: str) -> str:
    try:
        return urljoin(re.sub("^webcals?:", "https:", url), leads_to)
    except ValueError:
        raise FetchFailed(NOT_AN_ADDRESS) from None


def _checked_address(place: _Place, allow: Collection[str], resolve: Resolver) -> str:
    """Returns the one address to connect to; refuses when any of the name's addresses is not
    public.
    """
    try:
        addresses = resolve(place.host, place.port)
    except (OSError, UnicodeError):
        raise FetchFailed(NOT_PUBLIC) from None
    if not addresses:
        raise FetchFailed(NOT_PUBLIC)
    if place.host not in allow and not all(map(is_public, addresses)):
        raise FetchFailed(NOT_PUBLIC)
    return addresses[0]


def _headers(etag: str, last_modified: str) -> dict[str, str]:
    headers = {
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "User-Agent": "Convoca",
        "Connection": "close",
    }
    if etag and etag.isascii() and etag.isprintable():
        headers["If-None-Match"] = etag
    if last_modified and last_modified.isascii() and last_modified.isprintable():
        headers["If-Modified-Since"] = last_modified
    return headers


def _connection(place: _Place, address: str, timeout: float) -> "HTTPConnection":
    """Returns a connection to `address`, not opened yet; TLS wants the certificate of the name."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if place.scheme == "http":
        return HTTPConnection(address, place.port, timeout=timeout)
    return HTTPSConnection(
        address,
        place.port,
        timeout=timeout,
        server_hostname=place.host,
        ssl_context=ssl.create_default_context(),
    )


def _host_header(place: _Place) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    is_usual = place.port == (443 if place.scheme == "https" else 80)
    return host if is_usual else f"{host}:{place.port}"


@contextmanager
def _asking(
    place: _Place,
    address: str,
    deadline: float,
    headers: dict[str, str],
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> "Iterator[BaseHTTPResponse]":
    """Yields the answer of one hop.

    A timer cuts the line at the deadline, because a socket's own timeout starts anew with every
    byte that drips in.
    """
    # Imported late, because most starts fetch nothing for hours.
    from urllib3.exceptions import HTTPError, IncompleteRead, NewConnectionError
    from urllib3.exceptions import TimeoutError as UrllibTimeout

    # Connecting and agreeing on TLS are timed each by itself: both together take no more than what
    # is left.
    connection = _connection(place, address, _left(deadline) / 2)
    is_cut = threading.Event()
    timer = None
    try:
        connection.connect()
        connection.timeout = left = _left(deadline)
        timer = threading.Timer(left, _cut, (connection.sock, is_cut))
        timer.daemon = True
        timer.start()
        connection.request(
            method,
            place.path,
            body=body,
            headers={**headers, "Host": _host_header(place)},
            preload_content=False,
            decode_content=False,
        )
        with closing(connection.getresponse()) as response:
            yield response
        if is_cut.is_set():  # an answer without a length looks whole
            raise FetchFailed(TOO_SLOW)
    except FetchFailed:
        if is_cut.is_set():
            raise FetchFailed(TOO_SLOW) from None
        raise
    except ssl.SSLCertVerificationError:
        raise FetchFailed(NOT_TRUSTED) from None
    except NewConnectionError:  # a kind of urllib3's timeouts, though nothing took long
        raise FetchFailed(NO_ANSWER) from None
    except (TimeoutError, UrllibTimeout):
        raise FetchFailed(TOO_SLOW) from None
    except IncompleteRead:
        raise FetchFailed(TOO_SLOW if is_cut.is_set() else GARBLED) from None
    except (OSError, HTTPException, HTTPError, ValueError):
        raise FetchFailed(TOO_SLOW if is_cut.is_set() else NO_ANSWER) from None
    finally:
        if timer is not None:
            timer.cancel()
        connection.close()


def _left(deadline: float) -> float:
    """Returns the seconds until the deadline. Raises FetchFailed when none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchFailed(TOO_SLOW)
    return left


def _cut(line: socket.socket, is_cut: threading.Event) -> None:
    is_cut.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _answer(response: "BaseHTTPResponse", limit: int, *, is_conditional: bool) -> Fetched:
    tags = {
        "etag": response.headers.get("ETag", ""),
        "last_modified": response.headers.get("Last-Modified", ""),
    }
    kept = {
        name: value
        for name, value in tags.items()
        if len(value) <= LONGEST_TAG and value.isprintable()
    }
    if response.status == NOT_MODIFIED and is_conditional:
        return Fetched(None, **kept)
    if response.status != OK:
        raise FetchFailed(REFUSED, status=str(response.status))
    return Fetched(_unpacked(response, limit), **kept)


def _unpacked(response: "BaseHTTPResponse", limit: int) -> bytes:
    """Returns the content, decompressed where it has a compression that was offered."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise FetchFailed(GARBLED)
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    return _body(response, limit, unpack)


def _body(response: "BaseHTTPResponse", limit: int, unpack: "zlib._Decompress | None") -> bytes:
    """Returns at most `limit` bytes, unpacked piece by piece so that a small answer cannot become a
    large one in memory.
    """
    found = bytearray()
    for piece in response.stream(CHUNK, decode_content=False):
        try:
            found += unpack.decompress(piece, limit - len(found) + 1) if unpack else piece
        except zlib.error:
            raise FetchFailed(GARBLED) from None
        if len(found) > limit:
            raise FetchFailed(TOO_MUCH)
    if unpack is not None and not unpack.eof:
        raise FetchFailed(GARBLED)
    return bytes(found)
