"""Reads an archive entry by entry, in bounded memory, and never writes where an entry says."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.training.packages.forms.manifest import read_manifest
from app.training.packages.rules import archive as rules
from app.training.packages.rules import kinds
from app.training.packages.values import FileEntry, Inspection, PackageFinding, Weight

FILE = "package"
MANIFEST = "imsmanifest.xml"
CHUNK = 256 * 1024
END, END_64, LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
END_BYTES, LOCATOR_BYTES, END_64_BYTES = 22, 20, 56
LONGEST_COMMENT = 65_535
IN_64 = 0xFFFFFFFF
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
MOST_HTML = 512 * 1024
MOST_HOSTS = 5
HEAVY = 50 * rules.MEGABYTE
FOREIGN = re.compile(
    rb"<(?:script|img|iframe|video|audio|source|embed|object|link)\b[^>]{0,400}?\b(?:src|href|data)\s*=\s*[\"']"
    rb"(?:https?:)?//([A-Za-z0-9.-]{3,100})",
    re.IGNORECASE,
)

SEVERAL = N_("The archive holds several packages (%(names)s). Upload them one at a time.")
MANIFEST_TOO_LARGE = N_("The manifest is larger than %(most)s MB.")
WRAPPED = N_(
    "The whole package is inside a folder (%(folder)s). It is taken out of the folder when you accept it."
)
LEFT_OUT = N_("Files beside the package's folder, which are left out: %(count)s.")
FLASH = N_("%(name)s is Flash, which no browser plays any more.")
LOADS_FROM = N_(
    "Its pages load something from other sites (%(hosts)s). That is blocked here, and will be missing."
)
TOO_HEAVY = N_("With more than %(most)s MB it is heavy for a slow line.")


@dataclass
class _Seen:
    """What was met while all entries were read once."""

    manifest: bytes = b""
    hosts: set[str] = field(default_factory=set)


def inspect(stream: IO[bytes]) -> Inspection:
    """Reads everything once, checks every sum, and keeps nothing: a dry run.

    Raises InvalidInput, at the file's field, for what is no package or may be an attack.
    """
    with _opened(stream) as archive:
        entries = _entries(archive)
        # First what it is: a cartridge refused for a name in it would be mended in vain.
        other = kinds.other_kind(_manifest(archive, entries))
        if other:
            raise _refused(other)
        defect = rules.defect_of(entry for entry, _info in entries)
        if defect:
            raise _refused(defect)
        files = [
            FileEntry(rules.path_in_package(entry.name), info.filename, info.file_size)
            for entry, info in entries
            if not entry.is_folder and not rules.is_junk(entry.name)
        ]
        folder = _folder([file.path for file in files])
        inside = [
            FileEntry(file.path[len(folder) :], file.entry, file.size)
            for file in files
            if file.path.startswith(folder)
        ]
        seen = _read_all(archive, inside)
    manifest, findings = read_manifest(seen.manifest, {file.path for file in inside})
    more = [*_of_archive(inside, folder, len(files) - len(inside)), *_of_content(inside, seen)]
    return Inspection(manifest, tuple(inside), (*findings, *more), folder)


@contextmanager
def unpacked(stream: IO[bytes], inspection: Inspection) -> Iterator[Iterator[tuple[str, Path]]]:
    """Yields the files of an inspected archive, one after the other: path in the package, and where
    its bytes lie until the next one is asked for. Raises InvalidInput as `inspect` does.
    """
    with _opened(stream) as archive, TemporaryDirectory(prefix="convoca-package-") as folder:
        yield _one_by_one(archive, inspection, Path(folder) / "file")


def _one_by_one(
    archive: zipfile.ZipFile, inspection: Inspection, place: Path
) -> Iterator[tuple[str, Path]]:
    for file in inspection.files:
        with place.open("wb") as out:
            for chunk in _chunks(archive, file.entry):
                out.write(chunk)
        yield file.path, place


def _refused(sentence: Sentence) -> InvalidInput:
    return InvalidInput({FILE: sentence})


@contextmanager
def _opened(stream: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    if _directory_bytes(stream) > rules.MOST_DIRECTORY:
        raise _refused(Sentence(rules.TOO_MANY, {"most": rules.MOST_ENTRIES}))
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as damaged:
        raise _refused(Sentence(rules.NOT_AN_ARCHIVE)) from damaged
    with archive:
        yield archive


def _directory_bytes(stream: IO[bytes]) -> int:
    """Returns how long the archive says that its table of contents is: Python reads it as a whole,
    so this is asked before (APPNOTE.TXT §4.3.16 and, for ZIP64, §4.3.14).
    """
    size = stream.seek(0, 2)
    start = max(0, size - END_BYTES - LONGEST_COMMENT - LOCATOR_BYTES - END_64_BYTES)
    stream.seek(start)
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        raise _refused(Sentence(rules.NOT_AN_ARCHIVE))
    (length,) = struct.unpack_from("<I", tail, at + 12)
    if tail[max(0, at - LOCATOR_BYTES) : at].startswith(LOCATOR_64):
        at_64 = tail.rfind(END_64, 0, at)
        if at_64 < 0 or at - at_64 < END_64_BYTES:
            raise _refused(Sentence(rules.NOT_AN_ARCHIVE))
        (length,) = struct.unpack_from("<Q", tail, at_64 + 40)
    return min(int(length), size)


def _entries(archive: zipfile.ZipFile) -> list[tuple[rules.ArchiveEntry, zipfile.ZipInfo]]:
    return [
        (
            rules.ArchiveEntry(
                _name(info),
                info.file_size,
                info.compress_size,
                info.external_attr >> 16,
                bool(info.flag_bits & ENCRYPTED_FLAG),
            ),
            info,
        )
        for info in archive.infolist()
    ]


def _manifest(
    archive: zipfile.ZipFile, entries: list[tuple[rules.ArchiveEntry, zipfile.ZipInfo]]
) -> bytes:
    """Returns the start of the manifest nearest to the root; empty where there is none, or none that
    can be unpacked.
    """
    named = [
        info for entry, info in entries if entry.name.rpartition("/")[2].casefold() == MANIFEST
    ]
    kept = bytearray()
    if named:
        nearest = min(named, key=lambda info: info.filename.count("/"))
        with suppress(InvalidInput):
            for chunk in _chunks(archive, nearest.filename):
                kept += chunk
                if len(kept) >= rules.MOST_MANIFEST:
                    break
    return bytes(kept)


def _name(info: zipfile.ZipInfo) -> str:
    """Returns the raw name. Without the flag for UTF-8 many programs write UTF-8 all the same."""
    name: str = info.orig_filename
    if info.flag_bits & UTF8_FLAG or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _chunks(archive: zipfile.ZipFile, entry: str) -> Iterator[bytes]:
    """Yields an entry's bytes, counted: what it declared of its size is not believed."""
    info = archive.getinfo(entry)
    count = 0
    try:
        with archive.open(info) as content:
            while chunk := content.read(CHUNK):
                count += len(chunk)
                defect = rules.size_defect(entry, count, info.compress_size)
                if defect:
                    raise _refused(defect)
                yield chunk
    except NotImplementedError as unknown:
        raise _refused(Sentence(rules.METHOD, {"name": rules.shown(entry)})) from unknown
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as damaged:
        raise _refused(Sentence(rules.DAMAGED, {"name": rules.shown(entry)})) from damaged


def _folder(paths: list[str]) -> str:
    """Returns the folder that wraps the package, with its slash; "" when the manifest lies at the
    root.

    Raises InvalidInput with what the archive is instead, where there is no manifest.
    """
    manifests = [path for path in paths if path.rpartition("/")[2].casefold() == MANIFEST]
    if not manifests:
        raise _refused(kinds.kind_without_manifest(paths))
    least = min(path.count("/") for path in manifests)
    folders = [path.rpartition("/")[0] for path in manifests if path.count("/") == least]
    if len(folders) > 1:
        names = ", ".join(rules.shown(folder) for folder in sorted(folders)[:MOST_HOSTS])
        raise _refused(Sentence(SEVERAL, {"names": names}))
    return f"{folders[0]}/" if folders[0] else ""


def _read_all(archive: zipfile.ZipFile, files: list[FileEntry]) -> _Seen:
    """Reads every file once; keeps the manifest, and from pages the names of other sites."""
    seen, total = _Seen(), 0
    for file in files:
        is_manifest = file.path.casefold() == MANIFEST
        if is_manifest and file.size > rules.MOST_MANIFEST:
            most = rules.MOST_MANIFEST // rules.MEGABYTE
            raise _refused(Sentence(MANIFEST_TOO_LARGE, {"most": most}))
        is_page = PurePosixPath(file.path).suffix.lower() in (".html", ".htm", ".xhtml")
        kept = bytearray()
        for chunk in _chunks(archive, file.entry):
            total += len(chunk)
            if total > rules.MOST_TOTAL:
                most = rules.MOST_TOTAL // rules.MEGABYTE
                raise _refused(Sentence(rules.TOO_LARGE, {"most": most}))
            if is_manifest or (is_page and len(kept) < MOST_HTML):
                kept += chunk
        if is_manifest:
            seen.manifest = bytes(kept)
        elif is_page and len(seen.hosts) <= MOST_HOSTS:
            seen.hosts |= {host.decode("ascii").lower() for host in FOREIGN.findall(kept)}
    return seen


def _of_archive(files: list[FileEntry], folder: str, left_out: int) -> Iterator[PackageFinding]:
    if folder:
        yield PackageFinding(Weight.WARNING, Sentence(WRAPPED, {"folder": rules.shown(folder)}))
    if left_out:
        yield PackageFinding(Weight.WARNING, Sentence(LEFT_OUT, {"count": left_out}))
    if sum(file.size for file in files) > HEAVY:
        most = HEAVY // rules.MEGABYTE
        yield PackageFinding(Weight.WARNING, Sentence(TOO_HEAVY, {"most": most}))


def _of_content(files: list[FileEntry], seen: _Seen) -> Iterator[PackageFinding]:
    flash = next((file.path for file in files if file.path.casefold().endswith(".swf")), "")
    if flash:
        yield PackageFinding(Weight.UNSUPPORTED, Sentence(FLASH, {"name": rules.shown(flash)}))
    if seen.hosts:
        hosts = ", ".join(sorted(seen.hosts)[:MOST_HOSTS])
        yield PackageFinding(Weight.UNSUPPORTED, Sentence(LOADS_FROM, {"hosts": hosts}))
