"""Three hundred files that should come in nowhere, made by rules from small sound ones."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

from tests.infra.test_inert import ACTING, BROKEN
from tests.support.clamd import EICAR
from tests.support.pdfs import a_packed_pdf, a_pdf

SEED = 20261130
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10)
)
XML = {
    "laughs": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b"]><%s>&l9;</%s>",
    "outside": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><%s>&x;</%s>',
    "remote": b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><%s></%s>',
    "deep": b"<%s>" + b"<b>" * 20_000 + b"</b>" * 20_000 + b"</%s>",
    "open": b"<%s><b></%s",
}
ROOTS = {"docx": b"Types", "scorm": b"manifest", "quiz": b"quiz", "svg": b"svg"}
KINDS = {
    "docx": ("[Content_Types].xml", b"<Types/>"),
    "xlsx": ("xl/workbook.xml", b"<workbook/>"),
    "scorm": ("imsmanifest.xml", b"<manifest/>"),
    "h5p": ("h5p.json", b"{}"),
    "xapi": ("tincan.xml", b"<tincan/>"),
    "plain": ("readme.txt", b"x"),
}
FOREIGN = {
    "program of Windows": b"MZ" + bytes(200),
    "program of Linux": b"\x7fELF" + bytes(200),
    "gzip": b"\x1f\x8b\x08" + bytes(90),
    "rar": b"Rar!\x1a\x07\x00" + bytes(90),
    "seven": b"7z\xbc\xaf\x27\x1c" + bytes(90),
    "class": b"\xca\xfe\xba\xbe" + bytes(90),
    "bitmap": b"BM" + bytes(90),
    "tiff": b"II*\x00" + bytes(90),
    "xz": b"\xfd7zXZ\x00" + bytes(90),
    "bzip": b"BZh9" + bytes(90),
    "database": b"SQLite format 3\x00" + bytes(90),
    "tar": b"../../x".ljust(257, b"\0") + b"ustar" + bytes(250),
    "icon": b"\x00\x00\x01\x00" + bytes(90),
    "gif": b"GIF89a" + bytes(90),
    "rtf": b"{\\rtf1\\object\\objdata 00}\x00",
    "blanks": b" \r\n\t",
    "nuls": bytes(5_000),
    "signs": bytes(range(1, 9)) * 400 + b"\x00",
    "half of UTF-16": b"\xff\xfea\x00\x00\xd8",
    "virus": EICAR + b"\x00",
    "picture and page": b"\x89PNG\r\n\x1a\n<html><script>1</script>\x00",
    "photo and archive": b"\xff\xd8\xff\xe0" + b"PK\x03\x04" + bytes(80),
}


def packed(kind: str, *more: tuple[str, bytes], main: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((KINDS[kind][0], main or KINDS[kind][1]), *more):
            archive.writestr(name, content)
    return out.getvalue()


def linked(kind: str) -> bytes:
    out = io.BytesIO(packed(kind))
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def lying(kind: str) -> bytes:
    return packed(kind, ("z", bytes(77_777))).replace(struct.pack("<I", 77_777), b"\x05\0\0\0")


def locked(kind: str) -> bytes:
    content = bytearray(packed(kind, ("z", b"x")))
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    return bytes(content)


ATTACKS: dict[str, Callable[[str], bytes]] = {
    "bomb": lambda kind: packed(kind, ("z", bytes(30_000_000))),
    "bomb in two": lambda kind: packed(kind, ("y", bytes(15_000_000)), ("z", bytes(15_000_000))),
    "many": lambda kind: packed(kind, *((f"{number}", b"") for number in range(5_200))),
    "upwards": lambda kind: packed(kind, ("../../etc/cron.d/x", b"x")),
    "from the root": lambda kind: packed(kind, ("/etc/cron.d/x", b"x")),
    "backwards": lambda kind: packed(kind, ("..\\..\\x", b"x")),
    "link": linked,
    "lying": lying,
    "locked": locked,
    "twice": lambda kind: packed(kind, ("A.txt", b"1"), ("a.TXT", b"2")),
    "cut": lambda kind: packed(kind, ("z", bytes(400)))[:-25],
    "macro": lambda kind: packed(kind, ("word/vbaProject.bin", b"x"), ("basic/a.xml", b"x")),
}


def png(width: int, height: int) -> bytes:
    """Returns the head of a picture of so many pixels, without them."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    mark = struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + mark + b"\0\0\0\0IEND\xaeB`\x82"


def picture(format_: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(out, format_)
    return out.getvalue()


def damaged(content: bytes) -> Iterator[bytes]:
    """Yields a file in the ways in which disks, lines and attackers damage one."""
    half = len(content) // 2
    yield content[:half]
    yield content[: len(content) // 4]
    yield content[:8]
    yield bytes(16) + content[16:]
    yield content[:20] + random.Random(SEED).randbytes(half) + b"\x00"
    yield content[::-1] + bytes(half)
    yield content[4:]
    yield b"<html>\x00" + content


def hostile_files() -> dict[str, bytes]:
    files = dict(FOREIGN)
    for kind in KINDS:
        files |= {f"{kind}, {name}": make(kind) for name, make in ATTACKS.items()}
    for name, content in {**ACTING, **BROKEN}.items():
        files[f"PDF, {name}"] = content
    for name, text in XML.items():
        for kind, root in ROOTS.items():
            content = text.replace(b"%s", root)
            if kind in KINDS:
                content = packed(kind, main=content)
            files[f"XML, {kind}, {name}"] = content
    sides = (0, 1, 7_000, 60_000, 2**31 - 1)
    files |= {f"{w} × {h}": png(w, h) for w in sides for h in sides}
    sound = {
        "pdf": a_pdf(),
        "packed pdf": a_packed_pdf(b"[3 0 R /Fit]"),
        **{kind: packed(kind, ("z", bytes(range(256)) * 9)) for kind in KINDS},
        **{one: picture(one) for one in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")},
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_500),
        "film": b"\0\0\0\x18ftypmp42" + bytes(300),
        "audio": b"ID3\x03" + bytes(300),
        "font": b"wOF2" + bytes(300),
    }
    for name, content in sound.items():
        files |= {f"{name}, damaged {n}": one for n, one in enumerate(damaged(content))}
    return files


NAMES = (
    "plan",
    "../../etc/passwd",
    "..\\..\\boot",
    "a\u202egpj",
    "x" * 300,
    "nul\x00middle",
    "línea\u2028X",
    "CON",
    "=cmd|' /c calc'!A0",
    "<script>alert(1)</script>",
    "👩🏽‍⚖️",
)
"""Stems of names, in turn: with signs, directions and places in them."""
