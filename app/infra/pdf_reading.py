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
import zlib
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
LEAVES = frozenset({"/URI", "/GoToR", "/Thread"})
"""Actions that are harmless where somebody presses them, and not when the file is opened: they tell
an address who reads, or reach for a share of the network.
"""
NAMES_OF_FILE = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
DATA = (".json", ".xml")
"""How names of attached files end that no program runs, such as the credential in a certificate."""
PROGRAM = re.compile(r"\s*(java|vb)script:|\s*data:|\s*(ms|search)(-[a-z-]+)?:", re.IGNORECASE)
"""Addresses of links that start something in place of leading somewhere."""
IN_BYTES = re.compile(rb"/(JavaScript|Launch|GoToE|SubmitForm|ImportData|RichMedia)(?![A-Za-z0-9])")
"""Long names alone: short ones occur in pictures by chance."""
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")
HEAD_OF_OBJECTS = re.compile(rb"\s*\d+\s+\d+\s+(\d+\s|\S)")
LOOKED_AT, MOST_PACKED, MOST_UNPACKED = 256, 2 * 1024 * 1024, 64 * 1024 * 1024


def defect_in(content: bytes) -> str:
    if names_in(content) or any(map(names_in, hidden_streams(content))):
        return "acts"
    from pyhanko.pdf_utils.reader import PdfFileReader  # after the limits

    reader = PdfFileReader(io.BytesIO(content), strict=False)
    if reader.encrypted and reader.decrypt(b"").status.value == 0:
        return "password"
    if int(reader.root["/Pages"]["/Count"]) < 1:
        return "damaged"
    return next(filter(None, told_of(reader)), "")


def names_in(content: bytes) -> bool:
    """Returns True where the bytes name an action, whatever their structure says."""
    if b"#" in content:
        content = ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), content)
    return IN_BYTES.search(content) is not None


def hidden_streams(content: bytes) -> Iterator[bytes]:
    """Yields what looks like a compressed stream of objects. Whoever repairs a file reads those that
    no table names.
    """
    for begin in STREAM.finditer(content):
        with contextlib.suppress(zlib.error):
            packed = content[begin.end() : begin.end() + LOOKED_AT]
            if HEAD_OF_OBJECTS.match(zlib.decompressobj().decompress(packed, LOOKED_AT)):
                packed = content[begin.end() : begin.end() + MOST_PACKED]
                yield zlib.decompressobj().decompress(packed, MOST_UNPACKED)


def told_of(reader: Any) -> Iterator[str]:
    """Yields what is wrong with each object that the tables name, and with all that lie in streams
    of objects: each of those is unpacked once, where the library would do it for every object.
    """
    from pyhanko.pdf_utils.generic import Reference
    from pyhanko.pdf_utils.xref import ObjStreamRef

    revisions = range(reader.xrefs.total_revisions)
    known = {
        (one.idnum, one.generation)
        for revision in revisions
        for one in reader.xrefs.explicit_refs_in_revision(revision)
    }
    alone, packed = set(), set()
    for number, generation in known:
        place = reader.xrefs[Reference(number, generation, reader)]
        if isinstance(place, ObjStreamRef):
            packed.add(place.obj_stream_id)
        elif place is not None:
            alone.add((number, generation))
    for number, generation in sorted(alone):
        yield in_object(reader.get_object(Reference(number, generation, reader)))
    for number in sorted(packed):
        yield from in_stream(Reference(number, 0, reader))


def in_stream(reference: Any) -> Iterator[str]:
    """Yields what is wrong with each object in a stream of them. The bytes are looked at as well: of
    a member that is written twice the library takes the first and readers the last.
    """
    from pyhanko.pdf_utils.decode_limits import DecodePurpose
    from pyhanko.pdf_utils.generic import read_object

    stream = reference.get_object()
    content = stream.read_data(DecodePurpose.OBJECT_STREAM)
    yield "acts" if names_in(content) else ""
    first = int(stream["/First"])
    opened = io.BytesIO(content)
    for place in content[:first].split()[1 : 2 * int(stream["/N"]) : 2]:
        opened.seek(first + int(place))
        yield in_object(read_object(opened, reference))


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
        elif not isinstance(one, list):
            continue
        waiting.extend((part, deep + 1) for part in values_in(one))
    return ""


def values_in(one: Any) -> list[Any]:
    """Returns the values of a dictionary or a list: decrypted, and references as they are."""
    return [one.raw_get(key) for key in (one if isinstance(one, dict) else range(len(one)))]


def member(one: Any, key: str) -> Any:
    """Returns the value of a key, also one that is referred to; None for none and for `null`."""
    try:
        return one[key]
    except KeyError:
        return None


def text_of(value: Any) -> str:
    """Returns the letters of a string, also of one in no encoding that is known."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def in_dictionary(one: Any) -> str:
    if any(key in one for key in KEYS):
        return "acts"
    if any(key in one and str(member(one, key)) in values for key, values in VALUES.items()):
        return "acts"
    if PROGRAM.match(text_of(member(one, "/URI"))):
        return "acts"
    if any(str(member(act, "/S")) in LEAVES for act in acts_of(one)):
        return "acts"
    names = [text_of(member(one, key)).lower() for key in NAMES_OF_FILE if key in one]
    if "/EF" in one and not (names and all(name.endswith(DATA) for name in names)):
        return "files"
    return ""


def acts_of(one: Any) -> Iterator[Any]:
    """Yields the actions that happen by themselves, and those that follow them. A list in
    `/OpenAction` is a place to go to.
    """
    waiting = [member(one, "/OpenAction")]
    if isinstance(own := member(one, "/AA"), dict):
        waiting += [member(own, key) for key in own]
    seen: dict[int, Any] = {}
    while waiting:
        action = waiting.pop()
        if not isinstance(action, dict) or id(action) in seen:
            continue
        seen[id(action)] = action
        yield action
        following = member(action, "/Next")
        if isinstance(following, list):
            waiting += [following[number] for number in range(len(following))]
        else:
            waiting.append(following)


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
