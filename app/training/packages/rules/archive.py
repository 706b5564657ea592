"""What an archive may hold, what it is when it is no SCORM package, and as what its files are handed out."""

import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

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


# What an archive is when it is no SCORM package, and what its author can do instead.
#
# An archive of another kind is told by the names in it, or by what its imsmanifest.xml declares: its
# schema, its namespaces and the types of its resources. The manifest is searched as text, because a
# cartridge is named as one even where its manifest could not be read as SCORM.

NO_MANIFEST = N_("The archive holds no imsmanifest.xml, so it is not a SCORM package.")
IS_H5P = N_(
    "This is an H5P package, which is not played here. Open it where it was made or in the program Lumi, "
    "export it as SCORM 1.2, and upload that."
)
IS_CMI5 = N_(
    "This is a cmi5 package, which is not played here. Export it again from the program that made it, as SCORM 1.2."
)
IS_TINCAN = N_(
    "This is an xAPI (Tin Can) package, which is not played here. Export it again from the program that made it, "
    "as SCORM 1.2."
)
IS_AICC = N_(
    "This is an AICC package, which is not played here. Export it again from the program that made it, as SCORM 1.2."
)
IS_CARTRIDGE = N_(
    "This is a Common Cartridge: a whole course of another platform. Export its lessons there as SCORM 1.2 and its "
    "questions as Moodle XML; the questions belong in the bank of a course, the lessons here."
)
IS_QTI = N_(
    "These are questions (QTI) and not a lesson. Export them as Moodle XML, GIFT or Aiken, and import that into the "
    "bank of a course."
)
IS_INNER = N_("The package is inside another archive (%(name)s). Unpack it and upload that one.")

BY_NAME = (("h5p.json", IS_H5P), ("cmi5.xml", IS_CMI5), ("tincan.xml", IS_TINCAN))
AICC_ENDS = {".crs", ".au"}
"""Every AICC course has both: its description, and its table of assignable units."""

SCORM = re.compile(r"\bscormtype\s*=", re.IGNORECASE)
CARTRIDGE = re.compile(
    r"/xsd/imscc|imscc_xmlv|<(?:\w{1,20}:)?schema>\s{0,40}IMS (?:Thin )?Common Cartridge",
    re.IGNORECASE,
)
QTI = re.compile(
    r"\btype\s*=\s*[\"'](?:imsqti|assessment/x-bb-qti)|<(?:\w{1,20}:)?schema>\s{0,40}(?:IMS )?QTI",
    re.IGNORECASE,
)


def other_kind(manifest: bytes) -> Sentence | None:
    """Returns what an archive with this imsmanifest.xml is instead of a SCORM package; None for one
    of SCORM, and for plain content without questions.
    """
    text = _text(manifest)
    if SCORM.search(text):
        return None
    if CARTRIDGE.search(text):
        return Sentence(IS_CARTRIDGE)
    return Sentence(IS_QTI) if QTI.search(text) else None


def _text(manifest: bytes) -> str:
    is_wide = manifest.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return manifest.decode("utf-16" if is_wide else "utf-8", "replace")


def kind_without_manifest(paths: Collection[str]) -> Sentence:
    """Returns what an archive is that holds no imsmanifest.xml."""
    names = [path.rpartition("/")[2].casefold() for path in paths]
    for name, msgid in BY_NAME:
        if name in names:
            return Sentence(msgid)
    if {f".{name.rpartition('.')[2]}" for name in names} >= AICC_ENDS:
        return Sentence(IS_AICC)
    inner = next((path for path in paths if path.casefold().endswith(".zip")), "")
    return Sentence(IS_INNER, {"name": shown(inner)}) if inner else Sentence(NO_MANIFEST)


# As what a file of a package is handed out, by the end of its name and the same on every machine.
#
# No character set is said of pages: old packages are written in other ones and say so themselves.

UNKNOWN = "application/octet-stream"
TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".xml": "text/xml",
    ".xsd": "text/xml",
    ".xsl": "text/xml",
    ".dtd": "application/xml-dtd",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".srt": "text/plain",
    ".csv": "text/csv",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".ico": "image/x-icon",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".eot": "application/vnd.ms-fontobject",
    ".pdf": "application/pdf",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
}


def media_type(path: str) -> str:
    return TYPES.get(PurePosixPath(path).suffix.lower(), UNKNOWN)
