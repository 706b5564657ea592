"""The one door for files that people send: nothing reads one before it was checked for viruses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from flask import Flask, g, request
from werkzeug.datastructures import FileStorage

from app.infra.inert import DAMAGED, active_content
from app.infra.pictures import NotAPicture, written_anew
from app.infra.platform import platform
from app.infra.viruses import NotChecked, TooLargeToCheck, virus_in
from app.kernel.first_bytes import JPEG, PNG
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_

log = structlog.get_logger()
VIRUS = N_("The virus check found something in this file. It was not taken. Send a clean copy.")
NOT_CHECKED = N_(
    "This file could not be checked for viruses, so it was not taken. Try again in some minutes."
)
TOO_LARGE = N_(
    "This file is larger than the virus check takes. Make it smaller, or tell the technician."
)
BUSY = N_(
    "Many files are being checked just now, and yours was not begun. Send it again in a minute."
)
AT_ONCE, PATIENCE = 2, 5.0
"""How many files a process checks at the same time, so that threads are left for pages while the
daemon hangs, and memory while PDF are read; and for how many seconds another one waits.
"""
_places = threading.BoundedSemaphore(AT_ONCE)


class FileRefused(InvalidInput):
    """Names the field of the file, as every InvalidInput does; a page that does not look at fields
    says the sentence.
    """

    rule = "file-refused"

    def __init__(self, field: str, sentence: Sentence) -> None:
        super().__init__({field: sentence})
        self.sentence = sentence


def init_uploads(app: Flask) -> None:
    app.jinja_env.globals["checks_files"] = lambda: bool(platform().settings.clamav)
    app.teardown_request(_close_files)


def _close_files(_error: BaseException | None) -> None:
    """Closes what was read: a large one lies in a file of its own."""
    for sent in g.pop("sent_files", ()):
        sent.close()


def sent_file(field: str) -> FileStorage | None:
    """Returns the file that was chosen in a field; None where none was, for which a browser sends
    an empty one without a name. Raises FileRefused. Call it outside of transactions: a check may
    take a minute.
    """
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        return None
    g.setdefault("sent_files", []).append(sent)
    place = platform().settings.clamav
    try:
        virus = ""
        if place:
            with place_to_check(field):
                virus = virus_in(sent.stream, place)
    except NotChecked as silent:
        log.error("a file was not checked for viruses", reason=str(silent))
        is_large = isinstance(silent, TooLargeToCheck)
        raise FileRefused(field, Sentence(TOO_LARGE if is_large else NOT_CHECKED)) from silent
    if virus:
        log.warning("a file with a virus was refused", virus=virus, endpoint=request.endpoint)
        g.met_virus = True
        raise FileRefused(field, Sentence(VIRUS))
    return sent


def sent_bytes(field: str, most: int = -1) -> bytes | None:
    """Returns the bytes of the file in a field, at most `most` of them; None where none was chosen.
    Raises FileRefused.
    """
    sent = sent_file(field)
    return None if sent is None else sent.stream.read(most)


def inert(field: str, content: bytes) -> bytes:
    """Returns the bytes to keep of a file that others will open: pictures written anew, so that only
    pixels are left; PDF and documents as they came, and without anything that would act. Raises
    FileRefused.
    """
    if content.startswith((PNG, JPEG)):
        try:
            return written_anew(content).content
        except NotAPicture as broken:
            raise FileRefused(field, Sentence(DAMAGED)) from broken
    with place_to_check(field):
        told = active_content(content)
    if told:
        raise FileRefused(field, told)
    return content


@contextmanager
def place_to_check(field: str) -> Iterator[None]:
    """Raises FileRefused where none is free in time."""
    if not _places.acquire(timeout=PATIENCE):
        raise FileRefused(field, Sentence(BUSY))
    try:
        yield
    finally:
        _places.release()
