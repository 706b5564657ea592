"""The process that draws documents: reads what to draw from its standard input, answers on its
standard output, and ends when the input does.

Started by `app.infra.pdf`. A request is two lengths, the name of a function (`module:name`) and its
content; an answer is how it went, a length, and the document or the error's words. A document that
takes more seconds of the processor than the argument says ends the process, by SIGPROF.
"""

import gc
import os
import resource
import signal
import struct
import sys
from importlib import import_module
from typing import BinaryIO

FRAME = struct.Struct(">II")
DRAWN, FAILED, NO_ENGINE = 0, 1, 2
NICENESS = 5
"""Pages come first."""
MOST_MEMORY = 3 * 1024 * 1024 * 1024
"""Address space, of which a document uses a small part: what bombs the layout ends here."""


def main() -> None:
    """Draws until nobody asks any more."""
    # Ctrl-C, and systemd's stop of the whole service, are for whoever started it: they finish
    # their requests first, and this process ends with them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    _bound_memory()
    most_seconds = int(sys.argv[1])
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no answer
    known: set[str] = set()
    with open(0, "rb", closefd=False) as requests:
        while (head := requests.read(FRAME.size)) and len(head) == FRAME.size:
            name_length, length = FRAME.unpack(head)
            name, content = requests.read(name_length).decode(), requests.read(length)
            signal.setitimer(signal.ITIMER_PROF, most_seconds)
            status, answer = _answer(name, content)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _write(answers, FRAME.pack(status, len(answer)) + answer)
            if name not in known:
                known.add(name)
                _keep_what_is_loaded()


def _keep_what_is_loaded() -> None:
    """Takes the libraries, fonts and styles that the first document loaded out of what Python looks
    through for garbage: of each further one that is a twentieth of its time.
    """
    gc.collect()
    gc.freeze()


def _bound_memory() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _answer(name: str, content: bytes) -> tuple[int, bytes]:
    module, _, function = name.partition(":")
    try:
        draw = getattr(import_module(module), function)
    except (ImportError, OSError) as error:
        return NO_ENGINE, str(error).encode()
    try:
        return DRAWN, draw(content)
    # WeasyPrint refuses what may not be loaded by an error that is no Exception. The caller gets
    # the words, and this process goes on.
    except BaseException as error:
        return FAILED, f"{type(error).__name__}: {error}".encode()


def _write(pipe: BinaryIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[pipe.write(left) :]


if __name__ == "__main__":
    main()
