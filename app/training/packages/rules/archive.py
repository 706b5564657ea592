"""What an archive may hold. The limits keep a package from filling the disk, whatever it declares."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.kernel.refusal import Sentence
from app.kernel.text import N_

MEGABYTE = 1024 * 1024
MOST_ENTRIES = 5_000
MOST_TOTAL = 500 * MEGABYTE
MOST_FILE = 200 * MEGABYTE
MOST_DEPTH = 20
MOST_NAME = 300
MOST_RATIO = 100
RATIO_FROM = 10 * MEGABYTE
MOST_MANIFEST = 5 * MEGABYTE
MOST_DIRECTORY = 8 * MEGABYTE
"""The archive's own table of contents, which is read as a whole."""
JUNK = {".ds_store", "thumbs.db", "desktop.ini"}
JUNK_FOLDER = "__macosx/"

NOT_AN_ARCHIVE = N_("This file is not a ZIP archive, or it is damaged. Export the package again.")
EMPTY = N_("The archive is empty.")
TOO_MANY = N_("The archive holds more than %(most)s files.")
TOO_LARGE = N_("Unpacked, the archive would be larger than %(most)s MB.")
FILE_TOO_LARGE = N_("%(name)s: unpacked, this file is larger than %(most)s MB.")
RATIO = N_("%(name)s: this file unpacks to more than %(most)s times its size, as attacks do.")
ENCRYPTED = N_("%(name)s is encrypted. Export the package without a password.")
SYMLINK = N_("%(name)s is a link and not a file. Export the package again without links.")
OUTSIDE = N_("%(name)s: this name would lead outside of the package.")
STRANGE = N_("%(name)s: this name holds characters that a file's name cannot have.")
TOO_DEEP = N_("%(name)s lies deeper than %(most)s folders.")
TWICE = N_("%(name)s stands twice in the archive, perhaps in capitals and small letters.")
DAMAGED = N_("%(name)s is damaged in the archive. Export the package again.")
METHOD = N_("%(name)s is compressed in a way unknown here. Make an ordinary ZIP archive.")

KIND_MASK = 0o170000
REGULAR, FOLDER = 0o100000, 0o040000


@dataclass(frozen=True)
class ArchiveEntry:
    """An entry as the archive declares it. `name` is raw; `mode` the Unix mode, 0 where none is."""

    name: str
    size: int
    packed: int
    mode: int = 0
    is_encrypted: bool = False

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def shown(name: str) -> str:
    """Returns a name fit for a sentence."""
    plain = "".join(letter if letter.isprintable() else "·" for letter in name)
    return plain if len(plain) <= 80 else f"{plain[:77]}…"  # noqa: PLR2004 - one line of a page


def path_in_package(name: str) -> str:
    """Returns the path by which a file is known: composed (NFC), because macOS writes decomposed
    names.
    """
    return unicodedata.normalize("NFC", name)


def is_junk(name: str) -> bool:
    """Returns True for what operating systems leave behind and no package means."""
    folded = name.casefold()
    return folded.startswith(JUNK_FOLDER) or folded.rpartition("/")[2] in JUNK


def name_defect(entry: ArchiveEntry) -> Sentence | None:
    """Returns the first thing that is wrong with a name or a kind of entry."""
    name = entry.name
    said = {"name": shown(name)}
    if "\x00" in name or "\\" in name or not name.rstrip("/") or not name.isprintable():
        return Sentence(STRANGE, said)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return Sentence(OUTSIDE, said)
    if "" in name.rstrip("/").split("/") or "." in name.split("/") or len(name) > MOST_NAME:
        return Sentence(STRANGE, said)
    if name.rstrip("/").count("/") > MOST_DEPTH:
        return Sentence(TOO_DEEP, {**said, "most": MOST_DEPTH})
    if entry.is_encrypted:
        return Sentence(ENCRYPTED, said)
    kind = entry.mode & KIND_MASK
    if kind not in (0, REGULAR, FOLDER):
        return Sentence(SYMLINK, said)
    return None


def size_defect(name: str, size: int, packed: int) -> Sentence | None:
    """Returns what is wrong with a size: asked of what is declared, and again of what was counted
    while unpacking.
    """
    if size > MOST_FILE:
        return Sentence(FILE_TOO_LARGE, {"name": shown(name), "most": MOST_FILE // MEGABYTE})
    if size > RATIO_FROM and size > MOST_RATIO * max(packed, 1):
        return Sentence(RATIO, {"name": shown(name), "most": MOST_RATIO})
    return None


def defect_of(entries: Iterable[ArchiveEntry]) -> Sentence | None:
    """Returns the first reason to refuse an archive by what it declares; None when it may be
    unpacked.
    """
    names: set[str] = set()
    count = total = 0
    for entry in entries:
        count, total = count + 1, total + entry.size
        if count > MOST_ENTRIES:
            return Sentence(TOO_MANY, {"most": MOST_ENTRIES})
        if total > MOST_TOTAL:
            return Sentence(TOO_LARGE, {"most": MOST_TOTAL // MEGABYTE})
        defect = name_defect(entry) or size_defect(entry.name, entry.size, entry.packed)
        if defect:
            return defect
        folded = path_in_package(entry.name).casefold().rstrip("/")
        if folded in names:
            return Sentence(TWICE, {"name": shown(entry.name)})
        names.add(folded)
    return Sentence(EMPTY) if count == 0 else None
