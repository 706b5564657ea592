"""Pictures, films and captions that authors bring: what they are, by their bytes, and how large."""

import re
from typing import Any

from app.infra.pictures import NotAPicture, size_of, written_anew
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.learning.forms.drawing import DrawingRefused, drawing_size

MEGABYTE = 1024 * 1024
LARGEST_PICTURE, LARGEST_FILM = MEGABYTE, 20 * MEGABYTE
MOST_PIXELS = 4_000
SVG = "image/svg+xml"
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
CUE = re.compile(
    r"^(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}", re.MULTILINE
)


class MediaRefused(Exception):
    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)


def picture_from(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Returns the fields of a picture's file and the bytes to keep; an SVG is kept in the fields
    and has none. Raises MediaRefused. Other pictures are decoded and written anew, which leaves
    out what a camera wrote into them (place, person) and whatever else lies in the file.
    """
    if not content:
        raise MediaRefused(EMPTY)
    if len(content) > LARGEST_PICTURE:
        raise MediaRefused(PICTURE_TOO_LARGE, most=LARGEST_PICTURE // MEGABYTE)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _drawing(content)
    try:
        width, height = size_of(content)
        if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
            raise MediaRefused(TOO_MANY_PIXELS, width=width, height=height, most=MOST_PIXELS)
        own = written_anew(content)
    except NotAPicture as refused:
        raise MediaRefused(NOT_A_PICTURE) from refused
    fields = {"media_type": own.media_type, "width": own.width, "height": own.height, "svg": ""}
    return fields, own.content


def _drawing(content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        svg = content.decode("utf-8-sig")
        width, height = drawing_size(svg)
    except UnicodeDecodeError as error:
        raise MediaRefused(NOT_A_PICTURE) from error
    except DrawingRefused as refused:
        raise MediaRefused(refused.sentence.msgid, **refused.sentence.params) from refused
    return {"media_type": SVG, "width": width, "height": height, "svg": svg}, b""


def film_type(content: bytes) -> str:
    """Returns the media type of a film. Raises MediaRefused for what browsers do not play."""
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
    """Returns True for WebVTT with at least one cue."""
    return text.startswith("WEBVTT") and CUE.search(text) is not None
