"""An address that somebody typed never leads into our own network, and never keeps us."""

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.infra import fetching
from app.infra.fetching import FetchFailed, addresses_of, fetch, is_public, place_of

ALLOWED = frozenset({"127.0.0.1", "calendar.test"})
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
LIMIT = 100_000


@dataclass
class Server:
    """What it was asked, and what it answers by path."""

    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(
                (self.path, {name.lower(): value for name, value in self.headers.items()})
            )
            made.answers[self.path](self)

        def log_message(self, *_: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    made.port = running.server_address[1]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    running.shutdown()
    running.server_close()
    thread.join()


def answering(
    body: bytes, status: int = 200, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def ask(url: str, **changes: Any) -> fetching.Fetched:
    return fetch(url, **{"limit_bytes": LIMIT, "timeout": 5.0, "allow": ALLOWED, **changes})


def refused(url: str, **changes: Any) -> str:
    with pytest.raises(FetchFailed) as caught:
        ask(url, **changes)
    return caught.value.msgid


def nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


def test_content_and_tags_come_back_and_are_sent_again(server: Server) -> None:
    server.answers["/a.ics"] = answering(
        CALENDAR, ETag='"v1"', Last_Modified="Tue, 24 Nov 2026 10:00:00 GMT"
    )
    answer = ask(server.url("/a.ics"))
    assert answer == fetching.Fetched(CALENDAR, '"v1"', "Tue, 24 Nov 2026 10:00:00 GMT")
    server.answers["/a.ics"] = answering(b"", 304, ETag='"v1"')
    assert (
        ask(server.url("/a.ics"), etag=answer.etag, last_modified=answer.last_modified).content
        is None
    )
    sent = server.asked[-1][1]
    assert sent["if-none-match"] == '"v1"'
    assert sent["if-modified-since"] == answer.last_modified
    assert "cookie" not in sent
    assert "authorization" not in sent


def test_nothing_is_unchanged_to_who_sent_no_tag(server: Server) -> None:
    server.answers["/"] = answering(b"", 304)
    assert refused(server.url()) == fetching.REFUSED


PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
    assert refused(
        "https://calendar.example.org/", resolve=lambda *_: ["93.184.215.14", address], allow=()
    ) == (fetching.NOT_PUBLIC)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:80e::200e"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "0",
        "①②⑦.⓪.⓪.①",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_no_spelling_of_our_own_machine_is_connected_to(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connected)
    assert refused(f"https://{host}/x.ics", allow=()) in (
        fetching.NOT_PUBLIC,
        fetching.NOT_AN_ADDRESS,
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example.org/a.ics",
        "ftp://calendar.example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//calendar.example.org/",
        "calendar.example.org",
        "",
        "https://",
        "https:///a",
        "https://user@calendar.example.org/",
        "https://calendar.example.org@127.0.0.1/",
        "https://user:secret@calendar.example.org/",
        "https://calendar.example.org\\@127.0.0.1/",
        "https://calendar.example.org:22/",
        "https://calendar.example.org:x/",
        "https://calendar.example.org:99999/",
        "https://[::1/",
        "https://calendar.example.org/a b",
        "https://a\r\nHost: b/",
        "https://calendar.example.org/\r\nX: y",
        "https://" + "a" * 70 + ".org/",
        "https://a..b/",
        "https://calendar.example.org/ñ",
        "https://" + "a." * 1200 + "org/",
        "javascript:alert(1)",
        "data:text/calendar,BEGIN:VCALENDAR",
    ],
)
def test_what_is_no_address_is_not_even_looked_up(url: str) -> None:
    assert refused(url, allow=(), resolve=nobody) == fetching.NOT_AN_ADDRESS


def test_webcal_means_https() -> None:
    for scheme in ("webcal", "webcals", "WEBCAL"):
        assert place_of(f"{scheme}://calendar.example.org/a?b=c") == place_of(
            "https://calendar.example.org/a?b=c"
        )


def test_a_name_that_answers_differently_a_moment_later_gains_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up once, and the connection goes to that address and not to the name."""
    answers, opened = [["93.184.215.14"], ["127.0.0.1"]], []
    server.answers["/"] = answering(CALENDAR)

    def connect(_socket: socket.socket, address: tuple[str, int]) -> None:
        opened.append(address)
        raise OSError("unreachable in tests")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert (
        refused("https://rebound.example.org/", allow=(), resolve=lambda *_: answers.pop(0))
        == fetching.NO_ANSWER
    )
    assert opened == [("93.184.215.14", 443)]
    assert len(answers) == 1
    assert server.asked == []


def test_the_name_stays_in_the_host_header(server: Server) -> None:
    server.answers["/"] = answering(CALENDAR)
    assert (
        ask(server.url(host="calendar.test"), resolve=lambda *_: ["127.0.0.1"]).content == CALENDAR
    )
    assert server.asked[0][1]["host"] == f"calendar.test:{server.port}"


def test_redirects_are_followed_three_times_and_each_is_checked(server: Server) -> None:
    for hop in range(5):
        server.answers[f"/{hop}"] = answering(b"", 302, Location=f"/{hop + 1}")
    server.answers["/5"] = answering(CALENDAR)
    assert ask(server.url("/2")).content == CALENDAR
    assert refused(server.url("/1")) == fetching.TOO_MANY_HOPS
    inside = Server(port=server.port).url("/5", host="localhost")
    for target in (
        inside,
        "https://10.0.0.1/",
        "https://[::1]/",
        "file:///etc/passwd",
        "//user@127.0.0.1/",
        "http://[::1",
    ):
        server.answers["/away"] = answering(b"", 307, Location=target)
        asked = len(server.asked)
        assert refused(server.url("/away")) in (fetching.NOT_PUBLIC, fetching.NOT_AN_ADDRESS), (
            target
        )
        assert len(server.asked) == asked + 1


def test_cookies_are_not_carried_from_hop_to_hop(server: Server) -> None:
    server.answers["/first"] = answering(b"", 302, Location="/second", Set_Cookie="session=1")
    server.answers["/second"] = answering(CALENDAR, Content_Type="image/png")
    assert ask(server.url("/first")).content == CALENDAR  # and the type is not believed
    assert "cookie" not in server.asked[1][1]


@pytest.mark.parametrize("status", [204, 206, 400, 401, 404, 500, 503])
def test_other_answers_are_named_by_their_code(server: Server, status: int) -> None:
    server.answers["/"] = answering(b"" if status == 204 else b"x", status)
    with pytest.raises(FetchFailed) as caught:
        ask(server.url())
    assert (caught.value.msgid, caught.value.params) == (fetching.REFUSED, {"status": str(status)})


def test_a_redirect_to_nowhere_is_named_too(server: Server) -> None:
    server.answers["/"] = answering(b"", 302)
    assert refused(server.url()) == fetching.REFUSED


def test_too_much_is_cut_off(server: Server) -> None:
    server.answers["/exact"] = answering(b"x" * LIMIT)
    server.answers["/more"] = answering(b"x" * (LIMIT + 1))
    assert len(ask(server.url("/exact")).content or b"") == LIMIT
    assert refused(server.url("/more")) == fetching.TOO_MUCH


def test_compressed_answers_are_unpacked_within_the_limit(server: Server) -> None:
    server.answers["/small"] = answering(gzip.compress(CALENDAR), Content_Encoding="gzip")
    server.answers["/bomb"] = answering(gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")
    server.answers["/torn"] = answering(gzip.compress(CALENDAR)[:-9], Content_Encoding="gzip")
    server.answers["/false"] = answering(CALENDAR, Content_Encoding="gzip")
    server.answers["/other"] = answering(CALENDAR, Content_Encoding="br")
    assert ask(server.url("/small")).content == CALENDAR
    assert refused(server.url("/bomb")) == fetching.TOO_MUCH
    for path in ("/torn", "/false", "/other"):
        assert refused(server.url(path)) == fetching.GARBLED


def test_a_bomb_does_not_even_unfold_in_memory(server: Server) -> None:
    server.answers["/bomb"] = answering(gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")
    tracemalloc.start()
    said = refused(server.url("/bomb"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said == fetching.TOO_MUCH
    assert peak < 5_000_000


def test_a_body_that_ends_early_is_not_taken_for_the_whole(server: Server) -> None:
    def torn(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(CALENDAR)

    server.answers["/"] = torn
    assert refused(server.url()) in (fetching.GARBLED, fetching.NO_ANSWER)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("part", ["headers", "body", "endless body", "nothing"])
def test_a_slow_drip_ends_at_the_deadline(part: str) -> None:
    """A byte now and then resets a socket's own timeout; the deadline holds for all of it."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            length = b"Content-Length: 100000\r\n" if part == "body" else b""
            connection.sendall(
                b"HTTP/1.1 200 OK\r\n" + (length + b"\r\n" if "body" in part else b"X-Slow: ")
            )
            while not over.wait(0.02):
                if part != "nothing":
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    began = time.monotonic()
    said = refused(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.3)
    taken = time.monotonic() - began
    over.set()
    thread.join()
    listener.close()
    assert said == fetching.TOO_SLOW
    assert taken < 2


def test_what_is_no_http_and_what_refuses(server: Server) -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x16\x03\x01nonsense\r\n\r\n")

    server.answers["/"] = nonsense
    assert refused(server.url()) == fetching.NO_ANSWER
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refused(f"http://127.0.0.1:{port}/") == fetching.NO_ANSWER


def test_a_server_without_a_certificate_is_not_believed(server: Server) -> None:
    server.answers["/"] = answering(CALENDAR)
    assert refused(server.url().replace("http:", "https:")) in (
        fetching.NO_ANSWER,
        fetching.NOT_TRUSTED,
    )
    assert server.asked == []


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that proves to be calendar.test, to this process only."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=calendar.test"),
            *("-addext", "subjectAltName=DNS:calendar.test"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answering(self.headers["Host"].encode())(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A handshake that the client ends is what the test is about."""

    running = Quiet(("127.0.0.1", 0), Handler)
    running.socket = context.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running.server_port
    running.shutdown()
    running.server_close()
    thread.join()


def test_the_certificate_must_be_of_the_name_and_not_of_the_address(secure: int) -> None:
    def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    allow = {"calendar.test", "other.test", "127.0.0.1"}
    named = f"calendar.test:{secure}"
    assert ask(f"https://{named}/", allow=allow, resolve=here).content == named.encode()
    for host in ("other.test", "127.0.0.1"):
        assert (
            refused(f"https://{host}:{secure}/", allow=allow, resolve=here) == fetching.NOT_TRUSTED
        )


@pytest.mark.timeout(10)
def test_a_handshake_that_never_ends_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        said = refused(f"https://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.4)
    assert said == fetching.TOO_SLOW
    assert time.monotonic() - began < 2


def test_the_machine_resolves_names_to_all_their_addresses() -> None:
    assert addresses_of("127.0.0.1", 80) == ["127.0.0.1"]


def test_tags_that_are_none_are_neither_kept_nor_sent(server: Server) -> None:
    server.answers["/"] = answering(CALENDAR, ETag="x" * 300)
    assert ask(server.url()).etag == ""
    ask(server.url(), etag='"a"\r\nX-Injected: yes')
    assert "x-injected" not in server.asked[-1][1]
    assert "if-none-match" not in server.asked[-1][1]
