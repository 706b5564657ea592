"""Pictures inside question files: small, and what their first bytes say they are."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.kernel.first_bytes import JPEG, PNG
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.exchange.values import EmbeddedPicture

MOST_BYTES = 1_000_000
LONGEST_NAME = 100
TOO_LARGE = N_("The picture %(name)s is larger than %(limit)s MB.")
NOT_A_PICTURE = N_("The file %(name)s is not a picture in PNG, JPEG, GIF or WebP.")
NOT_BASE64 = N_("The file %(name)s is damaged: it is not base64.")


@dataclass
class PictureRefused(Exception):
    sentence: Sentence


def picture_of(name: str, path: str, written: str) -> EmbeddedPicture:
    """Returns the picture in a <file> element, written in base64. Raises PictureRefused."""
    shown = {"name": name[:LONGEST_NAME] or "—"}
    if len(written) > MOST_BYTES * 3 // 2:
        raise PictureRefused(Sentence(TOO_LARGE, {**shown, "limit": MOST_BYTES // 1_000_000}))
    try:
        data = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureRefused(Sentence(NOT_BASE64, shown)) from error
    if len(data) > MOST_BYTES:
        raise PictureRefused(Sentence(TOO_LARGE, {**shown, "limit": MOST_BYTES // 1_000_000}))
    media_type = media_type_of(data)
    if not media_type:
        raise PictureRefused(Sentence(NOT_A_PICTURE, shown))
    return EmbeddedPicture(
        PurePosixPath(name).name[:LONGEST_NAME] or "picture", media_type, data, path
    )


def media_type_of(data: bytes) -> str:
    """Returns the type by the first bytes; empty for what browsers do not show safely as a picture."""
    if data.startswith(PNG):
        return "image/png"
    if data.startswith(JPEG):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return ""
