"""Issue 12: archives of others. What may be an attack is refused with a sentence and nothing is kept."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest

from app.kernel.refusal import InvalidInput
from app.training.packages import forms
from app.training.packages import forms as packages_forms
from app.training.packages.rules import archive as rules
from app.training.packages.rules import archive as rules_archive
from app.training.packages.values import Weight
from tests.training.packages.builders import MANIFEST, SCO, archive, manifest, package, resource


def refusal_of(stream: io.BytesIO) -> str:
    with pytest.raises(InvalidInput) as refused:
        forms.inspect(stream)
    [sentence] = refused.value.errors.values()
    return sentence.msgid


def with_entry(name: str, content: bytes = b"x", *, mode: int = 0) -> io.BytesIO:
    stream = package()
    with zipfile.ZipFile(stream, "a") as out:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        info.external_attr = mode << 16
        out.writestr(info, content)
    stream.seek(0)
    return stream


def renamed(before: bytes, after: bytes) -> io.BytesIO:
    """An archive with a name that no library writes; both of the same length."""
    content = package(**{before.decode(): b"x"}).getvalue()
    assert len(before) == len(after)
    return io.BytesIO(content.replace(before, after))


def bomb() -> io.BytesIO:
    """11 MB of zeros in about 11 KB."""
    return package(**{"zeros.bin": bytes(11 * rules.MEGABYTE)})


def lying() -> io.BytesIO:
    """The directory says 10 bytes where far more come out."""
    content = bytearray(package(**{"zeros.bin": bytes(100_000)}).getvalue())
    size = struct.pack("<I", 100_000)
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = struct.pack("<I", 10)
    return io.BytesIO(bytes(content))


def damaged() -> io.BytesIO:
    content = bytearray(package(**{"plain.txt": "abcdefgh" * 3}).getvalue())
    crc = struct.pack("<I", zlib.crc32(b"abcdefgh" * 3))
    content[content.find(crc) : content.find(crc) + 4] = b"\x00\x00\x00\x00"
    content[content.rfind(crc) : content.rfind(crc) + 4] = b"\x00\x00\x00\x00"
    return io.BytesIO(bytes(content))


def _patched(offset: int, value: int) -> io.BytesIO:
    """The last entry's line in the directory (APPNOTE.TXT §4.3.12) with another number in it."""
    content = bytearray(package().getvalue())
    at = content.rfind(b"PK\x01\x02")
    content[at + offset : at + offset + 2] = struct.pack("<H", value)
    return io.BytesIO(bytes(content))


def encrypted() -> io.BytesIO:
    return _patched(8, 1)


def unknown_method() -> io.BytesIO:
    return _patched(10, 97)


def endless_directory() -> io.BytesIO:
    content = bytearray(package().getvalue()) + bytes(9 * rules.MEGABYTE)
    end = bytes(content[content.rfind(b"PK\x05\x06") :][:22])
    lie = end[:12] + struct.pack("<I", rules.MOST_DIRECTORY + 1) + end[16:]
    return io.BytesIO(bytes(content) + lie)


@pytest.mark.parametrize(
    ("stream", "msgid"),
    [
        (lambda: io.BytesIO(b"not a zip at all"), rules.NOT_AN_ARCHIVE),
        (lambda: io.BytesIO(b""), rules.NOT_AN_ARCHIVE),
        (lambda: io.BytesIO(package().getvalue()[:-30]), rules.NOT_AN_ARCHIVE),
        (lambda: archive({}), rules.EMPTY),
        (lambda: with_entry("../../etc/passwd"), rules.OUTSIDE),
        (lambda: with_entry("a/../../b.html"), rules.OUTSIDE),
        (lambda: with_entry("/etc/passwd"), rules.OUTSIDE),
        (lambda: with_entry("C:/windows/win.ini"), rules.OUTSIDE),
        (lambda: renamed(b"a..b..win.txt", b"a..b\\.win.txt"), rules.STRANGE),
        (lambda: renamed(b"a-b.html", b"a\x00b.html"), rules.STRANGE),
        (lambda: with_entry("a//b.html"), rules.STRANGE),
        (lambda: with_entry("a\nb.html"), rules.STRANGE),
        (lambda: with_entry("x" * 301), rules.STRANGE),
        (lambda: with_entry("d/" * 21 + "x.html"), rules.TOO_DEEP),
        (lambda: with_entry("link", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), rules.SYMLINK),
        (lambda: with_entry("device", mode=stat.S_IFCHR | 0o666), rules.SYMLINK),
        (lambda: with_entry("IMSMANIFEST.XML", b"<x/>"), rules.TWICE),
        (lambda: with_entry("Index.HTML"), rules.TWICE),
        (lambda: archive({"index.html": SCO}), rules_archive.NO_MANIFEST),
        (lambda: archive({"h5p.json": "{}"}), rules_archive.IS_H5P),
        (lambda: archive({"cmi5.xml": "<x/>"}), rules_archive.IS_CMI5),
        (lambda: archive({"x/tincan.xml": "<x/>"}), rules_archive.IS_TINCAN),
        (lambda: archive({"curso.zip": package().getvalue()}), rules_archive.IS_INNER),
        (
            lambda: archive({f"{name}/{MANIFEST}": manifest() for name in "ab"}),
            packages_forms.SEVERAL,
        ),
        (bomb, rules.RATIO),
        (lying, rules.DAMAGED),
        (damaged, rules.DAMAGED),
        (encrypted, rules.ENCRYPTED),
        (unknown_method, rules.METHOD),
        (endless_directory, rules.TOO_MANY),
    ],
)
def test_archive_that_may_be_an_attack_is_refused(
    stream: Callable[[], io.BytesIO], msgid: str
) -> None:
    assert refusal_of(stream()) == msgid


def test_limits_are_asked_of_what_an_archive_declares() -> None:
    many = [rules.ArchiveEntry(f"{number}.txt", 1, 1) for number in range(rules.MOST_ENTRIES + 1)]
    large = [
        rules.ArchiveEntry(f"{number}.bin", rules.MOST_FILE, rules.MOST_FILE) for number in range(3)
    ]
    one = [rules.ArchiveEntry("one.bin", rules.MOST_FILE + 1, rules.MOST_FILE)]
    told = [rules.defect_of(entries) for entries in (many, large, one, many[:-1])]
    assert [one and one.msgid for one in told] == [
        rules.TOO_MANY,
        rules.TOO_LARGE,
        rules.FILE_TOO_LARGE,
        None,
    ]


def test_wrapping_folder_is_taken_out_and_junk_is_left_out() -> None:
    stream = archive(
        {
            f"Mi curso/{MANIFEST}": manifest(),
            "Mi curso/index.html": SCO,
            "Mi curso/.DS_Store": "x",
            "__MACOSX/Mi curso/._index.html": "x",
            "léame.txt": "x",
        }
    )
    inspection = forms.inspect(stream)
    assert inspection.folder == "Mi curso/"
    assert {file.path for file in inspection.files} == {MANIFEST, "index.html"}
    msgids = {finding.sentence.msgid for finding in inspection.findings}
    assert msgids == {packages_forms.WRAPPED, packages_forms.LEFT_OUT}
    with forms.unpacked(stream, inspection) as one_by_one:
        assert {name: path.read_bytes() for name, path in one_by_one}["index.html"] == SCO.encode()


def test_names_in_utf_8_without_their_flag_are_found_again() -> None:
    xml = manifest(resources='<resource identifier="R1" href="lecci%C3%B3n/uno.html"/>')
    content = package(xml, **{"leccixxn/uno.html": "x"}).getvalue()
    inspection = forms.inspect(io.BytesIO(content.replace(b"leccixxn", "lección".encode())))
    assert inspection.manifest.items[0].path == "lección/uno.html"
    assert not inspection.is_blocked


def test_dry_run_names_what_a_browser_will_not_show() -> None:
    page = '<img src="a.png"><script src="//cdn.example.com/x.js"></script><a href="https://x.org">'
    inspection = forms.inspect(package(**{"page.html": page, "old.swf": "x"}))
    told = {finding.sentence.msgid: finding for finding in inspection.findings}
    assert set(told) == {packages_forms.FLASH, packages_forms.LOADS_FROM}
    assert told[packages_forms.LOADS_FROM].sentence.params == {"hosts": "cdn.example.com"}
    assert all(finding.weight is Weight.UNSUPPORTED for finding in told.values())


def test_reading_takes_little_memory_whatever_the_files_weigh() -> None:
    stream = archive({MANIFEST: manifest(), "index.html": SCO, "v.mp4": bytes(9_000_000)})
    tracemalloc.start()
    forms.inspect(stream)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


QTI = """<?xml version="1.0"?><manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M">
<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata><organizations/>
<resources><resource identifier="Q1" type="imsqti_item_xmlv2p1" href="q1.xml"><file href="q1.xml"/>
</resource></resources></manifest>"""
CARTRIDGE = """<?xml version="1.0"?>{before}
<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1" identifier="M">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion></metadata>
<organizations><organization identifier="O" structure="rooted-hierarchy"><item identifier="L">
<item identifier="I1" identifierref="R1"><title>Quiz</title></item></item></organization></organizations>
<resources><resource identifier="R1" type="{type}" href="quiz.xml"><file href="quiz.xml"/></resource></resources>
</manifest>"""
QUIZ = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"


@pytest.mark.parametrize(
    ("stream", "msgid"),
    [
        (lambda: archive({MANIFEST: QTI, "q1.xml": "<assessmentItem/>"}), rules_archive.IS_QTI),
        (
            lambda: archive(
                {
                    MANIFEST: QTI.replace("QTIv2.1 Package", "IMS Content").replace(
                        "imsqti_item_xmlv2p1", "assessment/x-bb-qti-test"
                    )
                }
            ),
            rules_archive.IS_QTI,
        ),
        (
            lambda: archive({MANIFEST: CARTRIDGE.format(before="", type=QUIZ), "quiz.xml": "<x/>"}),
            rules_archive.IS_CARTRIDGE,
        ),
        (  # was refused for a missing file, a document type, a nested cartridge or a name in it
            lambda: archive({MANIFEST: CARTRIDGE.format(before="<!DOCTYPE x>", type="webcontent")}),
            rules_archive.IS_CARTRIDGE,
        ),
        (
            lambda: archive(
                {
                    MANIFEST: CARTRIDGE.format(before="", type=QUIZ),
                    "a\\b.html": "x",
                    "inner/imsmanifest.xml": "<x/>",
                }
            ),
            rules_archive.IS_CARTRIDGE,
        ),
        (
            lambda: archive({MANIFEST: CARTRIDGE.format(before="", type=QUIZ).encode("utf-16")}),
            rules_archive.IS_CARTRIDGE,
        ),
        (
            lambda: archive({"c/kurs.crs": "x", "c/KURS.AU": "x", "c/kurs.des": "x"}),
            rules_archive.IS_AICC,
        ),
    ],
)
def test_archive_of_another_kind_is_named_with_what_to_do_instead(
    stream: Callable[[], io.BytesIO], msgid: str
) -> None:
    assert refusal_of(stream()) == msgid


def test_scorm_with_questions_inside_stays_scorm() -> None:
    told = manifest().replace(
        "</resources>", f'<resource identifier="Q" type="{QUIZ}"/></resources>'
    )
    assert forms.inspect(package(told)).manifest.launchable


def test_page_of_raw_xml_is_never_opened_to_a_learner() -> None:
    told = manifest(resources=resource("R1", "datos.xml", "asset"))
    inspection = forms.inspect(package(told, **{"datos.xml": "<x/>"}))
    assert [one.sentence.msgid for one in inspection.findings if one.weight is Weight.BLOCKER] == [
        packages_forms.XML_PAGE
    ]


@pytest.mark.parametrize(
    ("inner", "msgid"),
    [
        ("<a>" * 200_000, packages_forms.TOO_DEEP),
        ("<a>" * 700_000, packages_forms.TOO_DEEP),
        ("<a/>" * 700_000, packages_forms.TOO_MANY_TAGS),
    ],
)
def test_depth_of_tags_is_limited_while_a_manifest_is_parsed(inner: str, msgid: str) -> None:
    """700,000 tags in one another took 6.4 seconds and 619 MB."""
    hostile = manifest(before="").replace("<metadata>", f"<metadata>{inner}")
    tracemalloc.start()
    try:
        assert refusal_of(package(hostile)) == msgid
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 60 * rules.MEGABYTE
