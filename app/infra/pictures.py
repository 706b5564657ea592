"""Pictures that people send: whatever comes in, what is kept is a picture that we wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageFile, ImageMath, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
QUALITY = 82
OPAQUE = 255
ROOM_AROUND = 4_000
"""In pixels: a picture is made no smaller than that before its empty edges are cut off."""
SMALLEST_SIDE = 24
GRAIN = 24
"""What has less ink than that is the grain of a scan or its grey ground, not a line."""
_CLEARED = [max(0, ink - GRAIN) * OPAQUE // (OPAQUE - GRAIN) for ink in range(OPAQUE + 1)]
MODES = {
    "JPEG": ("RGB", "L"),
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "1"),
    "WEBP": ("RGB", "RGBA"),
}
SETTINGS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": QUALITY, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": QUALITY, "method": 4},
}


class NotAPicture(ValueError):
    """It is none of the formats, damaged, or has more pixels than any camera makes."""


@dataclass(frozen=True)
class OwnPicture:
    """A picture that we wrote; sizes in pixels."""

    media_type: str
    width: int
    height: int
    content: bytes


def square_jpeg(content: bytes, *, side: int) -> bytes:
    """Returns the middle of the picture as a square JPEG of so many pixels, turned as the camera
    held it. Nothing else of the file is kept: no place, no camera, no comment.
    """
    with _opened(content) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture
        upright = ImageOps.exif_transpose(picture)
        square = ImageOps.fit(_on_white(upright), (side, side))
    written = BytesIO()
    square.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def size_of(content: bytes) -> tuple[int, int]:
    """Returns width and height as the file's head says, without reading its pixels."""
    with _opened(content) as picture:
        return picture.size


def written_anew(content: bytes) -> OwnPicture:
    """Returns the picture decoded and encoded again in its own format, turned as the camera held
    it. Only pixels survive: no place, no comment, no profile, no second frame, and nothing that
    only looks like a picture.
    """
    with _opened(content) as picture:
        format_ = str(picture.format)
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture
        upright = ImageOps.exif_transpose(picture)
        upright.load()
        plain = _plain(upright, format_)
    written = BytesIO()
    plain.save(written, format_, **SETTINGS[format_])
    return OwnPicture(f"image/{format_.lower()}", *plain.size, written.getvalue())


def ink_png(content: bytes, *, most: tuple[int, int], most_bytes: int) -> bytes:
    """Returns a logo or a signature as PNG for paper of any colour: white counts as no ink where the
    picture is opaque, and empty edges go.

    At most so many pixels wide and high, and smaller still until the file has at most `most_bytes`.
    Raises NotAPicture, also where nothing is drawn.
    """
    with _opened(content) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPicture
        drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    drawn.thumbnail((ROOM_AROUND, ROOM_AROUND))
    if drawn.getchannel("A").getextrema() == (OPAQUE, OPAQUE):
        drawn = _without_white(drawn)
    box = drawn.getchannel("A").getbbox()
    if box is None:
        raise NotAPicture
    ink, (width, height) = drawn.crop(box), most
    while True:
        ink.thumbnail((width, height), Image.Resampling.LANCZOS)
        written = BytesIO()
        ink.save(written, "PNG", optimize=True)
        if written.tell() <= most_bytes or min(ink.size) <= SMALLEST_SIDE:
            return written.getvalue()
        width, height = ink.width * 3 // 4, ink.height * 3 // 4


def _without_white(picture: Image.Image) -> Image.Image:
    """Returns an opaque picture as the ink that gives it on white: what is white lets through."""
    plain = picture.convert("RGB")
    alpha = ImageChops.invert(plain.split()[0])
    for channel in plain.split()[1:]:
        alpha = ImageChops.lighter(alpha, ImageChops.invert(channel))
    inks = [
        ImageMath.lambda_eval(
            lambda a: a["convert"](
                OPAQUE - (OPAQUE - a["channel"]) * OPAQUE / a["max"](a["alpha"], 1), "L"
            ),
            channel=channel,
            alpha=alpha,
        )
        for channel in plain.split()
    ]
    return Image.merge("RGBA", (*inks, alpha.point(_CLEARED)))


def _plain(picture: Image.Image, format_: str) -> Image.Image:
    """Returns the pixels alone, in a mode that the format and every browser know."""
    mode = picture.mode
    if mode not in MODES[format_]:
        mode = "RGBA" if format_ != "JPEG" and _has_alpha(picture) else "RGB"
    plain = picture.convert(mode).copy()
    plain.info = {k: v for k, v in picture.info.items() if k == "transparency" and mode == "P"}
    return plain


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Yields the picture, its pixels not yet read; raises NotAPicture, also for what is wrong in
    the pixels.
    """
    # WeasyPrint, where a process has imported it, lets pictures pass that are cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            yield picture
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture from error
    except Image.DecompressionBombError as error:
        raise NotAPicture from error


def _on_white(picture: Image.Image) -> Image.Image:
    """Returns the picture on white, because JPEG knows no transparency."""
    if picture.mode not in {"RGBA", "LA", "P"}:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground
