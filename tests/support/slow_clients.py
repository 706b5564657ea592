"""Clients that never finish what they begin to send."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

HEADER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 9000\r\n\r\nx"
PAUSE_SECONDS = 10.0
"""Between two bytes; a connection that says nothing for half a minute is closed."""


@contextmanager
def slow_clients(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Opens connections, half of which send a header and half a body, a byte at a time. At the end
    those are left in the list whose bytes were still taken.
    """
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            for _ in range(count)
        ]
        for number, client in enumerate(clients):
            client.sendall(BODY if number % 2 else HEADER)
        ended = Event()
        dripping = Thread(target=_drip, args=(clients, ended))
        dripping.start()
        try:
            yield clients
        finally:
            ended.set()
            dripping.join()


def _drip(clients: list[socket.socket], ended: Event) -> None:
    while not ended.wait(PAUSE_SECONDS):
        clients[:] = [client for client in clients if _takes_a_byte(client)]


def _takes_a_byte(client: socket.socket) -> bool:
    with suppress(OSError):
        client.sendall(b"x")
        return True
    return False
