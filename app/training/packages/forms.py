"""Archives and manifests in, an inspection or sentences out; and what an author types."""

import posixpath
import re
import struct
import unicodedata
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import wtforms
from defusedxml.common import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
from defusedxml.ElementTree import XMLParser
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.training.packages.rules import archive as package_rules
from app.training.packages.rules.archive import shown
from app.training.packages.rules.runtime import is_readable
from app.training.packages.rules.words import LONGEST_ORIGIN, LONGEST_SUMMARY, LONGEST_TITLE
from app.training.packages.values import (
    FileEntry,
    Inspection,
    Manifest,
    PackageFinding,
    PackageItem,
    PackageWords,
    PartKind,
    Standard,
    Weight,
)
from app.web.fields import Needed, one_line, printable, stripped, text_field
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm

# Reads imsmanifest.xml of SCORM 1.2 and 2004 by local names, whatever their capitals and namespaces.
#
# What is launched: the default organization, its items in order, for each its identifierref, and the
# resource of that name. Addresses are xml:base of manifest, resources and resource, then href, then the
# item's parameters (IMS Content Packaging 1.1.2 §3; SCORM 1.2 CAM §2.3; SCORM 2004 4th ed. CAM §3.4).

FILE = "package"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
MOST_ITEMS, MOST_DEPTH, MOST_SHOWN = 500, 20, 10
LONGEST_ITEM_TITLE, LONGEST_KEY, LONGEST_LAUNCH_DATA = 200, 200, 4_096
LONGEST_QUERY = 1_000
DEEPEST_TAG, MOST_TAGS = 60, 100_000
"""Sequencing and metadata nest some fifteen deep; the longest manifest names 5,000 files."""
MOST_OBJECTIVES = 100
SPACES_2004 = ("adlcp_v1p3", "imscp_v1p1", "adlseq_v1p3", "adlnav_v1p3")
SEQUENCING: Mapping[str, str] = {
    "preconditionrule": N_("rules before an item"),
    "postconditionrule": N_("rules after an item"),
    "exitconditionrule": N_("rules for leaving an item"),
    "rolluprule": N_("rules for rolling up results"),
    "mapinfo": N_("objectives shared between items"),
    "randomizationcontrols": N_("random selection of items"),
    "limitconditions": N_("limits of attempts or time"),
}

EMPTY = N_("The manifest is empty.")
DTD = N_(
    "The manifest carries a document type (<!DOCTYPE …>), which is refused because it can hide attacks. "
    "Delete that line from imsmanifest.xml, or export the package again."
)
ENTITIES = N_("The manifest declares entities, which are refused because they can hide attacks.")
NOT_XML = N_("The manifest cannot be read (line %(line)s). Export the package again.")
TOO_DEEP = N_(
    "Line %(line)s of the manifest is more than %(most)s tags deep. Export the package again."
)
TOO_MANY_TAGS = N_("The manifest has more than %(most)s tags.")
NOT_A_MANIFEST = N_("imsmanifest.xml is not a manifest.")
NOTHING = N_("The manifest names nothing that can be opened.")
TOO_MANY_ITEMS = N_("The manifest has more than %(most)s items.")
NO_DEFAULT = N_("The manifest's default organization does not exist, so the first one is taken.")
OTHERS = N_("Only the default organization is taken. Others that are left out: %(count)s.")
NO_ORGANIZATION = N_(
    "The manifest has no table of contents, so its first page that opens is taken."
)
NO_RESOURCE = N_("%(title)s: the manifest names no page for it (%(name)s).")
NO_LAUNCH_FILE = N_("%(title)s: its page %(name)s is not in the archive.")
OUTSIDE = N_("%(title)s: its page %(name)s would lie outside of the package.")
ELSEWHERE = N_("%(title)s lies on another site (%(name)s), which is not opened here.")
XML_PAGE = N_("%(title)s: its page %(name)s is a file for programs (XML) that nobody can read.")
OTHER_CASE = N_(
    "%(name)s is spelled differently in the archive, in capitals or small letters; it is found all the same."
)
BACKSLASH = N_("%(name)s is written with a backslash; it is read as a slash.")
MISSING = N_("%(name)s is named in the manifest but is not in the archive.")
MISSING_MORE = N_("More files of the manifest that are not in the archive: %(count)s.")
SEVERAL_SCOS = N_(
    "A SCORM 2004 package with several parts (%(count)s) needs sequencing, which is not supported. "
    "Export it as SCORM 1.2, or each part by itself."
)
RULES = N_("Sequencing is not supported: %(kinds)s. The package plays without them.")
RULES_OF_SEVERAL = N_("What its sequencing asks for: %(kinds)s.")
SUBMANIFEST = N_("A manifest within the manifest is left out.")
PREREQUISITE = N_(
    "%(title)s: its condition “%(name)s” cannot be read, so the item is open at once."
)
MANY_OBJECTIVES = N_("Only the first %(most)s objectives of a part are set up when it opens.")
BAD_MASTERY = N_("%(title)s: its pass mark “%(name)s” is not a number, so it has none.")
NO_VERSION = N_("The manifest does not say its version; it is read as SCORM %(standard)s.")
MASTERY_12 = re.compile(r"\d{1,3}(\.\d{1,4})?")
MASTERY_2004 = re.compile(r"-?[01](\.\d{1,7})?")


@dataclass(frozen=True)
class _Resource:
    base: str
    href: str
    is_sco: bool


def read_manifest(
    content: bytes, paths: Collection[str]
) -> tuple[Manifest, tuple[PackageFinding, ...]]:
    """Returns the manifest, and what is to be said of it. `paths`: the files of the archive.

    Raises InvalidInput, at the file's field, for what is no manifest at all.
    """
    root = _root(content)
    return _ManifestReader(root, paths).manifest()


def _root(content: bytes) -> Element:
    if not content.strip():
        raise _refused_manifest(EMPTY)
    parser = XMLParser(target=_BoundedTree(), forbid_dtd=True)
    try:
        parser.feed(content.removeprefix(BOM_UTF8).lstrip())
        root: Element = parser.close()
    except _TooMuch as too_much:
        line = parser.parser.CurrentLineNumber
        raise _refused_manifest(too_much.msgid, line=line, most=too_much.most) from too_much
    except DTDForbidden as carries_one:
        raise _refused_manifest(DTD) from carries_one
    except (EntitiesForbidden, ExternalReferenceForbidden) as declares_some:
        raise _refused_manifest(ENTITIES) from declares_some
    except ParseError as unreadable:
        raise _refused_manifest(NOT_XML, line=unreadable.position[0]) from unreadable
    except (ValueError, LookupError) as unreadable:  # an encoding that nobody knows
        raise _refused_manifest(NOT_XML, line=1) from unreadable
    if _local(root) != "manifest":
        raise _refused_manifest(NOT_A_MANIFEST)
    return root


@dataclass
class _TooMuch(Exception):
    msgid: str
    most: int


class _BoundedTree(TreeBuilder):
    """Stops while it is built: a manifest of nothing but tags in one another costs memory and time
    with each of them, and a recursion when it is freed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._tags = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._tags += 1
        if self._depth > DEEPEST_TAG:
            raise _TooMuch(TOO_DEEP, DEEPEST_TAG)
        if self._tags > MOST_TAGS:
            raise _TooMuch(TOO_MANY_TAGS, MOST_TAGS)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _refused_manifest(msgid: str, **params: object) -> InvalidInput:
    return InvalidInput({FILE: Sentence(msgid, params)})


def _local(element: Element) -> str:
    tag: object = element.tag  # of a comment it is a function
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _child(element: Element, name: str) -> Element | None:
    return next(_children(element, name), None)


def _attribute(element: Element, name: str) -> str:
    """Returns an attribute by its local name, whatever its capitals and its namespace."""
    wanted = name.lower()
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == wanted:
            return value.strip()
    return ""


def _text(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _title(element: Element | None) -> str:
    """Returns a title without signs that are not printed or that turn the line around."""
    return "".join(letter for letter in _text(element) if letter.isprintable())[:LONGEST_ITEM_TITLE]


class _ManifestReader:
    def __init__(self, root: Element, paths: Collection[str]) -> None:
        self.root, self.paths = root, paths
        self.folded = {path.casefold(): path for path in paths}
        self.findings: list[PackageFinding] = []
        self.items: list[PackageItem] = []
        self.resources: dict[str, _Resource] = {}
        self.schema_version = ""

    def say(self, weight: Weight, msgid: str, **params: object) -> None:
        finding = PackageFinding(weight, Sentence(msgid, params))
        if finding not in self.findings:
            self.findings.append(finding)

    def manifest(self) -> tuple[Manifest, tuple[PackageFinding, ...]]:
        standard = self.standard()
        self.read_resources()
        title = self.read_organization()
        if any(_local(child) == "manifest" for child in self.root):
            self.say(Weight.UNSUPPORTED, SUBMANIFEST)
        items = self.settled(standard)
        if not any(item.is_launchable for item in items) and not self.is_blocked():
            raise _refused_manifest(NOTHING)
        if any(len(item.objectives) >= MOST_OBJECTIVES for item in items):
            self.say(Weight.UNSUPPORTED, MANY_OBJECTIVES, most=MOST_OBJECTIVES)
        if standard is Standard.SCORM_2004:
            self.look_at_sequencing(items)
        first = next((item.title for item in items if item.is_launchable), "")
        manifest = Manifest(standard, self.schema_version, title or first, tuple(items))
        return manifest, tuple(self.findings)

    def is_blocked(self) -> bool:
        return any(finding.weight is Weight.BLOCKER for finding in self.findings)

    def standard(self) -> Standard:
        metadata = _child(self.root, "metadata")
        version = _text(_child(metadata, "schemaversion")) if metadata is not None else ""
        self.schema_version = version[:60]
        spaces = {element.tag.rpartition("}")[0] for element in self.root.iter() if _local(element)}
        is_2004 = any(mark in space for space in spaces for mark in SPACES_2004)
        if not is_2004 and "rootv1p" not in "".join(spaces):
            is_2004 = "2004" in version or "1.3" in version
        standard = Standard.SCORM_2004 if is_2004 else Standard.SCORM_12
        if not version:
            self.say(Weight.WARNING, NO_VERSION, standard=standard.value)
        return standard

    def read_resources(self) -> None:
        missing: list[str] = []
        base = _base("", self.root)
        for held in _children(self.root, "resources"):
            held_base = _base(base, held)
            for resource in _children(held, "resource"):
                own_base = _base(held_base, resource)
                kind = _attribute(resource, "scormType").lower()
                own_resource = _Resource(own_base, _attribute(resource, "href"), kind == "sco")
                self.resources.setdefault(_attribute(resource, "identifier"), own_resource)
                for file in _children(resource, "file"):
                    name = _address(own_base, _attribute(file, "href"))[0]
                    if name and not self.is_elsewhere(name) and self.path_as_stored(name) is None:
                        missing.append(name)
        named = list(dict.fromkeys(missing))
        for name in named[:MOST_SHOWN]:
            self.say(Weight.MISSING, MISSING, name=shown(name))
        if len(named) > MOST_SHOWN:
            self.say(Weight.MISSING, MISSING_MORE, count=len(named) - MOST_SHOWN)

    def read_organization(self) -> str:
        held = _child(self.root, "organizations")
        all_ = list(_children(held, "organization")) if held is not None else []
        wanted = _attribute(held, "default") if held is not None else ""
        chosen = next((one for one in all_ if _attribute(one, "identifier") == wanted), None)
        if chosen is None and all_:
            chosen = all_[0]
            if wanted:
                self.say(Weight.WARNING, NO_DEFAULT)
        if len(all_) > 1:
            self.say(Weight.WARNING, OTHERS, count=len(all_) - 1)
        if chosen is None or _child(chosen, "item") is None:
            self.take_first_resource()
            return ""
        for item in _children(chosen, "item"):
            self.read_item(item, 0)
        return _title(_child(chosen, "title"))

    def take_first_resource(self) -> None:
        usual = [one for one in self.resources.items() if one[1].href]
        scos = [one for one in usual if one[1].is_sco]
        for key, resource in (scos or usual)[:1]:
            self.say(Weight.WARNING, NO_ORGANIZATION)
            self.items.append(
                self.launched(PackageItem(key[:LONGEST_KEY], "", PartKind.FOLDER), resource)
            )

    def read_item(self, element: Element, depth: int) -> None:
        if depth >= MOST_DEPTH or len(self.items) >= MOST_ITEMS:
            raise _refused_manifest(TOO_MANY_ITEMS, most=MOST_ITEMS)
        title = _title(_child(element, "title"))
        key = _attribute(element, "identifier")[:LONGEST_KEY] or f"item-{len(self.items) + 1}"
        if any(item.key == key for item in self.items):
            key = f"{key[: LONGEST_KEY - 10]}-{len(self.items) + 1}"
        item = PackageItem(
            key,
            title or key,
            PartKind.FOLDER,
            depth,
            launch_data=_text(_child(element, "datafromlms"))[:LONGEST_LAUNCH_DATA],
            mastery=_text(_child(element, "masteryscore")),
            max_time=_text(_child(element, "maxtimeallowed"))[:40],
            time_limit_action=_text(_child(element, "timelimitaction"))[:40].lower(),
            prerequisites=_text(_child(element, "prerequisites"))[:LONGEST_LAUNCH_DATA],
            is_visible=_attribute(element, "isvisible").lower() != "false",
        )
        item = _with_2004(element, item)
        name = _attribute(element, "identifierref")
        if name:
            resource = self.resources.get(name)
            if resource is None or not resource.href:
                self.say(Weight.BLOCKER, NO_RESOURCE, title=shown(item.title), name=shown(name))
            else:
                item = self.launched(item, resource, _attribute(element, "parameters"))
        self.items.append(item)
        for child in _children(element, "item"):
            self.read_item(child, depth + 1)

    def launched(self, item: PackageItem, resource: _Resource, parameters: str = "") -> PackageItem:
        said = {"title": shown(item.title), "name": shown(resource.href)}
        if "\\" in resource.href:
            self.say(Weight.WARNING, BACKSLASH, name=shown(resource.href))
        path, query = _address(resource.base, resource.href)
        if self.is_elsewhere(resource.href) or self.is_elsewhere(path):
            self.say(Weight.BLOCKER, ELSEWHERE, **said)
            return item
        if path.startswith("..") or path.startswith("/"):
            self.say(Weight.BLOCKER, OUTSIDE, **said)
            return item
        stored = self.path_as_stored(path)
        if stored is None:
            self.say(Weight.BLOCKER, NO_LAUNCH_FILE, title=said["title"], name=shown(path))
            return item
        if stored != path:
            self.say(Weight.WARNING, OTHER_CASE, name=shown(path))
        kind = PartKind.SCO if resource.is_sco else PartKind.ASSET
        if kind is PartKind.ASSET and stored.casefold().endswith(".xml"):
            self.say(Weight.BLOCKER, XML_PAGE, title=said["title"], name=shown(stored))
        return replace(item, kind=kind, path=stored, query=_with_parameters(query, parameters))

    def path_as_stored(self, path: str) -> str | None:
        return path if path in self.paths else self.folded.get(path.casefold())

    @staticmethod
    def is_elsewhere(name: str) -> bool:
        return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", name))

    def settled(self, standard: Standard) -> list[PackageItem]:
        """Pass marks and conditions, once all items are known."""
        keys = {item.key for item in self.items}
        pattern = MASTERY_12 if standard is Standard.SCORM_12 else MASTERY_2004
        items = []
        for item in self.items:
            said = {"title": shown(item.title)}
            changed = item
            if item.mastery and not pattern.fullmatch(item.mastery):
                self.say(Weight.WARNING, BAD_MASTERY, **said, name=shown(item.mastery))
                changed = replace(changed, mastery="")
            if item.prerequisites and not is_readable(item.prerequisites, keys):
                self.say(Weight.WARNING, PREREQUISITE, **said, name=shown(item.prerequisites))
                changed = replace(changed, prerequisites="")
            items.append(changed)
        return items

    def look_at_sequencing(self, items: list[PackageItem]) -> None:
        count = sum(item.is_launchable for item in items)
        if count > 1:
            self.say(Weight.BLOCKER, SEVERAL_SCOS, count=count)
        met = {_local(element) for element in self.root.iter()}
        kinds = [msgid for name, msgid in SEQUENCING.items() if name in met]
        if kinds:
            msgid = RULES if count == 1 else RULES_OF_SEVERAL
            self.say(Weight.UNSUPPORTED, msgid, kinds=kinds)


def _base(before: str, element: Element) -> str:
    """Returns the folder that addresses below the element start from. A base is a folder or a file."""
    own = element.attrib.get(XML_BASE, "").strip().replace("\\", "/")
    if not own:
        return before
    return posixpath.join(before, own if own.endswith("/") else posixpath.dirname(own) + "/")


def _address(base: str, href: str) -> tuple[str, str]:
    """Returns the path in the package and what follows it, with its ? or #. A path that begins with
    `..` or `/` leads outside.
    """
    path, sign, rest = _cut(href.strip().replace("\\", "/"))
    whole = posixpath.join(base, unquote(path)) if path else ""
    plain = posixpath.normpath(whole) if whole else ""
    return unicodedata.normalize("NFC", plain), f"{sign}{rest}"[:LONGEST_QUERY]


def _cut(href: str) -> tuple[str, str, str]:
    match = re.search(r"[?#]", href)
    if match is None:
        return href, "", ""
    return href[: match.start()], match.group(), href[match.end() :]


def _with_parameters(query: str, parameters: str) -> str:
    """Returns the item's parameters after the resource's own query, as IMS Content Packaging §3 has
    it.
    """
    more = parameters.strip()
    if more.startswith("#"):
        return query if "#" in query else f"{query}{more}"[:LONGEST_QUERY]
    more = more.lstrip("?&")
    if not more:
        return query
    own, mark, fragment = query.partition("#")
    return f"{own}{'&' if own else '?'}{more}{mark}{fragment}"[:LONGEST_QUERY]


def _with_2004(element: Element, item: PackageItem) -> PackageItem:
    """Returns the item with what SCORM 2004 writes elsewhere: the completion threshold, the pass
    mark of the primary objective, and the objectives that the item finds when it starts.
    """
    threshold = _child(element, "completionthreshold")
    if threshold is not None:
        value = _attribute(threshold, "minProgressMeasure") or _text(threshold)
        if MASTERY_2004.fullmatch(value):
            item = replace(item, completion_threshold=value)
    sequencing = _child(element, "sequencing")
    if sequencing is None:
        return item
    objectives: list[str] = []
    for objective in sequencing.iter():
        if _local(objective) not in ("primaryobjective", "objective"):
            continue
        objectives.append(_attribute(objective, "objectiveID")[:LONGEST_KEY])
        is_measured = _attribute(objective, "satisfiedByMeasure").lower() == "true"
        if _local(objective) == "primaryobjective" and is_measured and not item.mastery:
            mark = _text(_child(objective, "minnormalizedmeasure")) or "1.0"
            item = replace(item, mastery=mark)
    named = tuple(dict.fromkeys(filter(None, objectives)))
    return replace(item, objectives=named[:MOST_OBJECTIVES])


MANIFEST = "imsmanifest.xml"
CHUNK = 256 * 1024
END, END_64, LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
END_BYTES, LOCATOR_BYTES, END_64_BYTES = 22, 20, 56
LONGEST_COMMENT = 65_535
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
MOST_HTML = 512 * 1024
MOST_HOSTS = 5
HEAVY = 50 * package_rules.MEGABYTE
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
        other = package_rules.other_kind(_manifest(archive, entries))
        if other:
            raise _refused(other)
        defect = package_rules.defect_of(entry for entry, _info in entries)
        if defect:
            raise _refused(defect)
        files = [
            FileEntry(package_rules.path_in_package(entry.name), info.filename, info.file_size)
            for entry, info in entries
            if not entry.is_folder and not package_rules.is_junk(entry.name)
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
    if _directory_bytes(stream) > package_rules.MOST_DIRECTORY:
        raise _refused(Sentence(package_rules.TOO_MANY, {"most": package_rules.MOST_ENTRIES}))
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as damaged:
        raise _refused(Sentence(package_rules.NOT_AN_ARCHIVE)) from damaged
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
        raise _refused(Sentence(package_rules.NOT_AN_ARCHIVE))
    (length,) = struct.unpack_from("<I", tail, at + 12)
    if tail[max(0, at - LOCATOR_BYTES) : at].startswith(LOCATOR_64):
        at_64 = tail.rfind(END_64, 0, at)
        if at_64 < 0 or at - at_64 < END_64_BYTES:
            raise _refused(Sentence(package_rules.NOT_AN_ARCHIVE))
        (length,) = struct.unpack_from("<Q", tail, at_64 + 40)
    return min(int(length), size)


def _entries(archive: zipfile.ZipFile) -> list[tuple[package_rules.ArchiveEntry, zipfile.ZipInfo]]:
    return [
        (
            package_rules.ArchiveEntry(
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
    archive: zipfile.ZipFile, entries: list[tuple[package_rules.ArchiveEntry, zipfile.ZipInfo]]
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
                if len(kept) >= package_rules.MOST_MANIFEST:
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
                defect = package_rules.size_defect(entry, count, info.compress_size)
                if defect:
                    raise _refused(defect)
                yield chunk
    except NotImplementedError as unknown:
        raise _refused(
            Sentence(package_rules.METHOD, {"name": package_rules.shown(entry)})
        ) from unknown
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as damaged:
        raise _refused(
            Sentence(package_rules.DAMAGED, {"name": package_rules.shown(entry)})
        ) from damaged


def _folder(paths: list[str]) -> str:
    """Returns the folder that wraps the package, with its slash; "" when the manifest lies at the
    root.

    Raises InvalidInput with what the archive is instead, where there is no manifest.
    """
    manifests = [path for path in paths if path.rpartition("/")[2].casefold() == MANIFEST]
    if not manifests:
        raise _refused(package_rules.kind_without_manifest(paths))
    least = min(path.count("/") for path in manifests)
    folders = [path.rpartition("/")[0] for path in manifests if path.count("/") == least]
    if len(folders) > 1:
        names = ", ".join(package_rules.shown(folder) for folder in sorted(folders)[:MOST_HOSTS])
        raise _refused(Sentence(SEVERAL, {"names": names}))
    return f"{folders[0]}/" if folders[0] else ""


def _read_all(archive: zipfile.ZipFile, files: list[FileEntry]) -> _Seen:
    """Reads every file once; keeps the manifest, and from pages the names of other sites."""
    seen, total = _Seen(), 0
    for file in files:
        is_manifest = file.path.casefold() == MANIFEST
        if is_manifest and file.size > package_rules.MOST_MANIFEST:
            most = package_rules.MOST_MANIFEST // package_rules.MEGABYTE
            raise _refused(Sentence(MANIFEST_TOO_LARGE, {"most": most}))
        is_page = PurePosixPath(file.path).suffix.lower() in (".html", ".htm", ".xhtml")
        kept = bytearray()
        for chunk in _chunks(archive, file.entry):
            total += len(chunk)
            if total > package_rules.MOST_TOTAL:
                most = package_rules.MOST_TOTAL // package_rules.MEGABYTE
                raise _refused(Sentence(package_rules.TOO_LARGE, {"most": most}))
            if is_manifest or (is_page and len(kept) < MOST_HTML):
                kept += chunk
        if is_manifest:
            seen.manifest = bytes(kept)
        elif is_page and len(seen.hosts) <= MOST_HOSTS:
            seen.hosts |= {host.decode("ascii").lower() for host in FOREIGN.findall(kept)}
    return seen


def _of_archive(files: list[FileEntry], folder: str, left_out: int) -> Iterator[PackageFinding]:
    if folder:
        yield PackageFinding(
            Weight.WARNING, Sentence(WRAPPED, {"folder": package_rules.shown(folder)})
        )
    if left_out:
        yield PackageFinding(Weight.WARNING, Sentence(LEFT_OUT, {"count": left_out}))
    if sum(file.size for file in files) > HEAVY:
        most = HEAVY // package_rules.MEGABYTE
        yield PackageFinding(Weight.WARNING, Sentence(TOO_HEAVY, {"most": most}))


def _of_content(files: list[FileEntry], seen: _Seen) -> Iterator[PackageFinding]:
    flash = next((file.path for file in files if file.path.casefold().endswith(".swf")), "")
    if flash:
        yield PackageFinding(
            Weight.UNSUPPORTED, Sentence(FLASH, {"name": package_rules.shown(flash)})
        )
    if seen.hosts:
        hosts = ", ".join(sorted(seen.hosts)[:MOST_HOSTS])
        yield PackageFinding(Weight.UNSUPPORTED, Sentence(LOADS_FROM, {"hosts": hosts}))


class UploadForm(Form):
    package = wtforms.FileField(_l("Package (ZIP)"), [Needed()])


class WordsForm(LocalizedForm):
    """Title and summary in the languages of the installation, and the institution that made the
    package.
    """

    title = LocalizedField(N_("Title in %(language)s"), text_field, LONGEST_TITLE)
    summary = LocalizedField(
        N_("What it is about, in %(language)s"), text_field, LONGEST_SUMMARY, area=True
    )
    origin = wtforms.StringField(
        _l("Institution that made it"),
        [InputRequired(message=_l("Write which institution made it.")), printable, one_line],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_ORIGIN},
    )

    def words(self) -> PackageWords:
        """Returns what was typed, after `validate()`; the service refuses what is too long or without
        a title.
        """
        return PackageWords(self.title.data, self.summary.data, self.origin.data or "")
