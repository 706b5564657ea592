"""Pictures that strangers send: whatever comes in, what is kept is a small JPEG that we wrote."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
QUALITY = 82


class NotAPicture(ValueError):
    """It is none of the formats, damaged, or has more pixels than any camera makes."""


def square_jpeg(content: bytes, *, side: int) -> bytes:
    """Returns the middle of the picture as a square JPEG of so many pixels, turned as the camera
    held it. Nothing else of the file is kept: no place, no camera, no comment.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPicture
            upright = ImageOps.exif_transpose(picture)
            square = ImageOps.fit(_on_white(upright), (side, side))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture from error
    except Image.DecompressionBombError as error:
        raise NotAPicture from error
    written = BytesIO()
    square.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """JPEG knows no transparency."""
    if picture.mode not in {"RGBA", "LA", "P"}:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground
