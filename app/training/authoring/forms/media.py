"""Pictures, films and captions that authors bring: what they are, by their bytes, and how large."""

import re
import struct
from typing import Any

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.learning.forms.drawing import DrawingRefused, drawing_size

MEGABYTE = 1024 * 1024
LARGEST_PICTURE, LARGEST_FILM = MEGABYTE, 20 * MEGABYTE
MOST_PIXELS = 4_000
SVG, PNG, JPEG, WEBP = "image/svg+xml", "image/png", "image/jpeg", "image/webp"
NOT_A_PICTURE = N_("This is not a picture that we can show: use PNG, JPEG, WebP or SVG.")
PICTURE_TOO_LARGE = N_("The picture is larger than %(most)s MB. Make it smaller first.")
TOO_MANY_PIXELS = N_("The picture has %(width)s × %(height)s pixels; at most %(most)s each way.")
NOT_A_FILM = N_("This is not a video that browsers play: use MP4 or WebM.")
FILM_TOO_LARGE = N_(
    "The video is larger than %(most)s MB. Make it smaller, or write the address where it is."
)
EMPTY = N_("The file is empty.")
NOT_CAPTIONS = N_(
    "Captions begin with the line WEBVTT and have times such as 00:00:01.000 --> 00:00:04.000."
)
MARK, PICTURE_DATA = 0xFF, 0xDA
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
NOTES = frozenset((0xE1, 0xED, 0xFE))
"""Segments of a JPEG: those that tell its size, and Exif with XMP, IPTC and comments."""
CUE = re.compile(
    r"^(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}", re.MULTILINE
)


class MediaRefused(Exception):
    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)


def picture_from(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The fields of a picture's file and the bytes to keep; an SVG is kept in the fields and has
    none. Raises MediaRefused. What a camera wrote into a JPEG (place, person) is left out.
    """
    if not content:
        raise MediaRefused(EMPTY)
    if len(content) > LARGEST_PICTURE:
        raise MediaRefused(PICTURE_TOO_LARGE, most=LARGEST_PICTURE // MEGABYTE)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _drawing(content)
    media_type, size = _measured(content)
    if size is None:
        raise MediaRefused(NOT_A_PICTURE)
    width, height = size
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise MediaRefused(TOO_MANY_PIXELS, width=width, height=height, most=MOST_PIXELS)
    kept = _without_notes(content) if media_type == JPEG else content
    return {"media_type": media_type, "width": width, "height": height, "svg": ""}, kept


def _drawing(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        svg = content.decode("utf-8-sig")
        width, height = drawing_size(svg)
    except UnicodeDecodeError as error:
        raise MediaRefused(NOT_A_PICTURE) from error
    except DrawingRefused as refused:
        raise MediaRefused(refused.sentence.msgid, **refused.sentence.params) from refused
    return {"media_type": SVG, "width": width, "height": height, "svg": svg}, b""


def _measured(content: bytes) -> tuple[str, tuple[int, int] | None]:
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
            width, height = struct.unpack(">II", content[16:24])
            return PNG, (width, height)
        if content.startswith(b"\xff\xd8\xff"):
            return JPEG, _jpeg_size(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return WEBP, _webp_size(content)
    except (struct.error, IndexError):
        pass
    return "", None


def _segments(content: bytes) -> list[tuple[int, int, int]]:
    """Marker, begin and end of each segment of a JPEG before its picture data."""
    found, at = [], 2
    while content[at] == MARK and content[at + 1] != PICTURE_DATA:
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        found.append((content[at + 1], at, at + 2 + length))
        at += 2 + length
    return found


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    for marker, begin, _end in _segments(content):
        if marker in FRAMES:
            height, width = struct.unpack(">HH", content[begin + 5 : begin + 9])
            return width, height
    return None


def _without_notes(content: bytes) -> bytes:
    """A JPEG without Exif, XMP and comments; colour profiles stay."""
    kept, at = bytearray(content[:2]), 2
    for marker, begin, end in _segments(content):
        if marker not in NOTES:
            kept += content[begin:end]
        at = end
    return bytes(kept + content[at:])


def _webp_size(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def film_type(content: bytes) -> str:
    """The media type of a film. Raises MediaRefused for what browsers do not play."""
    if not content:
        raise MediaRefused(EMPTY)
    if len(content) > LARGEST_FILM:
        raise MediaRefused(FILM_TOO_LARGE, most=LARGEST_FILM // MEGABYTE)
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    raise MediaRefused(NOT_A_FILM)


def are_captions(text: str) -> bool:
    """Whether a text is WebVTT with at least one cue."""
    return text.startswith("WEBVTT") and CUE.search(text) is not None
