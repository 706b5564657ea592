"""A program of its own: reads a PDF from its input and prints as JSON why it must not be handed on:
`acts`, `files` inside it, `password`, `damaged`, or "".

It runs apart (`inert.py`) because a hostile file may ask for all memory or trip the library. Every
object that the file's own tables name is looked at, also those in compressed streams; and the bytes
as they are, for what no table names and a reader would find all the same. It knows nothing of the
application.
"""

import contextlib
import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 20
MOST_DEEP = 50
KEYS = ("/JS", "/JavaScript", "/XFA")
"""Members of a dictionary that make a program or a form that is one (Adobe's XFA)."""
VALUES = {
    "/S": frozenset(
        f"/{name}"
        for name in (
            "JavaScript",
            "Launch",
            "GoToE",
            "SubmitForm",
            "ImportData",
            "Rendition",
            "RichMediaExecute",
        )
    ),
    "/Subtype": frozenset({"/RichMedia", "/3D", "/Movie", "/Screen"}),
}
BY_ITSELF = ("/OpenAction", "/AA")
LEAVES = frozenset({"/URI", "/GoToR", "/Thread"})
"""Actions that are harmless where somebody presses them, and not when the file is opened: they tell
an address who reads, or reach for a share of the network.
"""
NAMES_OF_FILE = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
DATA = (".json", ".xml")
"""How names of attached files end that no program runs, such as the credential in a certificate."""
IN_BYTES = re.compile(rb"/(JavaScript|Launch|GoToE|SubmitForm|ImportData|RichMedia)(?![A-Za-z0-9])")
"""Long names alone: short ones occur in pictures by chance."""
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def defect_in(content: bytes) -> str:
    plain = ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), content)
    if IN_BYTES.search(plain):
        return "acts"
    from pyhanko.pdf_utils.generic import Reference  # after the limits
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(content), strict=False)
    if reader.encrypted and reader.decrypt(b"").status.value == 0:
        return "password"
    if int(reader.root["/Pages"]["/Count"]) < 1:
        return "damaged"
    revisions = range(reader.xrefs.total_revisions)
    known = {
        (one.idnum, one.generation)
        for revision in revisions
        for one in reader.xrefs.explicit_refs_in_revision(revision)
    }
    told = (in_object(reader.get_object(Reference(*one, reader))) for one in sorted(known))
    return next(filter(None, told), "")


def in_object(value: Any) -> str:
    """Returns what is wrong with one object and with what lies directly in it."""
    waiting = [(value, 0)]
    while waiting:
        one, deep = waiting.pop()
        if deep > MOST_DEEP:
            return "damaged"
        if isinstance(one, dict):
            if defect := in_dictionary(one):
                return defect
            waiting.extend((part, deep + 1) for part in dict.values(one))
        elif isinstance(one, list):
            waiting.extend((part, deep + 1) for part in list.__iter__(one))
    return ""


def in_dictionary(one: dict[str, Any]) -> str:
    if any(key in one for key in KEYS):
        return "acts"
    if any(key in one and str(one[key]) in values for key, values in VALUES.items()):
        return "acts"
    if any(str(act["/S"]) in LEAVES for key in BY_ITSELF if key in one for act in acts(one[key])):
        return "acts"
    names = [str(one[key]).lower() for key in NAMES_OF_FILE if key in one]
    if "/EF" in one and not (names and all(name.endswith(DATA) for name in names)):
        return "files"
    return ""


def acts(value: Any, deep: int = 0) -> Iterator[Any]:
    """Yields the actions that a value holds: itself, those in it, and those that follow."""
    if deep > MOST_DEEP or not isinstance(value, dict | list):
        return
    inner: Any = value
    if isinstance(value, dict):
        is_action = "/S" in value
        if is_action:
            yield value
        inner = [value[key] for key in value if not is_action or key == "/Next"]
    for one in inner:
        yield from acts(one, deep + 1)


def answer(content: bytes) -> str:
    try:
        return defect_in(content)
    except MemoryError:
        raise
    except Exception:  # whatever the library stumbles over, readers cannot rely on either
        return "damaged"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout)
