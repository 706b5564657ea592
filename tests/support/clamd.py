"""A server that speaks clamd's protocol as its manual has it: commands that begin with z and end
with a NUL, chunks with their length in four bytes, an empty one at the end.
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
VERSION = "ClamAV 1.4.3/27833/Sun Nov 29 09:31:12 2026"


@dataclass
class Clamd:
    """`mood`: "", "hangs", "closes" or "fails". `largest`: its StreamMaxLength."""

    place: str = ""
    mood: str = ""
    largest: int = 1_000_000
    version: str = VERSION
    checked: list[bytes] = field(default_factory=list)


@contextmanager
def clamd() -> Iterator[Clamd]:
    daemon, is_over = Clamd(), threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = b""
            while not command.endswith(b"\0"):
                command += self.rfile.read(1)
            if daemon.mood == "hangs":
                is_over.wait()
            elif command == b"zVERSION\0":
                self.wfile.write(daemon.version.encode() + b"\0")
            elif daemon.mood != "closes":
                assert command == b"zINSTREAM\0"
                self.wfile.write(self._answer().encode() + b"\0")

        def _answer(self) -> str:
            content = b""
            while length := int.from_bytes(self.rfile.read(4), "big"):
                if len(content) + length > daemon.largest:
                    return "INSTREAM size limit exceeded. ERROR"
                content += self.rfile.read(length)
            daemon.checked.append(content)
            if daemon.mood == "fails":
                return "Can't allocate memory ERROR"
            return f"stream: {'Eicar-Test-Signature FOUND' if EICAR in content else 'OK'}"

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

    with Server(("127.0.0.1", 0), Handler) as server:
        daemon.place = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield daemon
        is_over.set()
        server.shutdown()
        thread.join()
