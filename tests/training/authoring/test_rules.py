"""Which translations are out of date; what an edition changes; which files are taken."""

import struct
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from app.kernel.refusal import InvalidInput
from app.training.authoring.forms import MediaRefused, are_captions, film_type, picture_from
from app.training.authoring.rules.drafting import (
    marks_after,
    marks_confirmed,
    moved,
    next_code,
    slug_of,
    states_of,
)
from app.training.authoring.rules.publishing import differences, judged, next_label
from app.training.authoring.values import CoursePart, CoursePartKind, State
from app.training.learning.forms.folder import parse_course
from app.training.learning.values import ChangeClass
from tests.training.learning.builders import practised_files


def case(es: str, en: str, marks: object = None) -> CoursePart:
    data = {"text": {"es": es, "en": en}}
    return CoursePart(1, None, CoursePartKind.CASE, 1, data, marks or {})  # type: ignore[arg-type]


def written(before: CoursePart, es: str, en: str) -> CoursePart:
    after = case(es, en, before.marks)
    return replace(after, marks=marks_after(before, after))


STALE_EN = {("text", "en"): State.STALE}


def test_a_change_leaves_the_other_language_behind_until_it_catches_up() -> None:
    first = case("uno", "one")
    changed = written(first, "dos", "one")
    assert states_of(changed) == STALE_EN
    assert states_of(written(changed, "tres", "one")) == STALE_EN
    assert states_of(written(changed, "dos", "two")) == {}
    assert states_of(written(changed, "uno", "one")) == {}  # changed back
    assert states_of(written(first, "dos", "two")) == {}  # both at once
    assert states_of(written(first, "uno", "two")) == {("text", "es"): State.STALE}
    assert states_of(written(case("uno", ""), "dos", "")) == {("text", "en"): State.MISSING}
    assert states_of(written(case("uno", ""), "uno", "one")) == {}
    still_right = replace(changed, marks=marks_confirmed(changed, "text", "en"))
    assert states_of(still_right) == {}
    assert states_of(written(still_right, "tres", "one")) == STALE_EN


def test_codes_addresses_and_order() -> None:
    assert next_code(CoursePartKind.QUESTION, 2, {"M2-001", "M2-003"}) == "M2-002"
    assert next_code(CoursePartKind.QUIZ, 1, ()) == "M1-Q"
    assert slug_of("¿Qué ves? Año 1", {"que-ves-ano-1"}) == "que-ves-ano-1-2"
    assert slug_of("!!!") == "course"
    assert moved([1, 2, 3], 3, -1) == [1, 3, 2]
    assert moved([1, 2, 3], 1, -1) == [1, 2, 3]
    assert [next_label(label) for label in ("", "2026.9", "first")] == ["1", "2026.10", "first.2"]


def test_what_an_edition_changes_is_told_by_objective() -> None:
    before = parse_course(practised_files())
    first, *others = before.modules
    item = replace(first.items[0], section="II")
    after = replace(before, modules=(replace(first, items=(item, *first.items[1:])), *others))
    found = differences(before, after)
    assert [(one.code, one.changed, one.added) for one in found.objectives] == [("A-O1", 1, 0)]
    key = found.objectives[0].key
    assert [one.change for one in judged(found, {key: "minor"}, {})] == [ChangeClass.MINOR]
    with pytest.raises(InvalidInput):
        judged(found, {key: "huge"}, {})
    assert differences(before, before).objectives == ()
    fewer = differences(before, replace(before, modules=(first,)))
    assert len(fewer.modules_removed) == len(others)
    assert differences(None, before).objectives == ()


def picture(kind: str, size: tuple[int, int] = (64, 36), **more: object) -> bytes:
    written = BytesIO()
    Image.new("RGBA" if kind != "JPEG" else "RGB", size, "teal").save(written, kind, **more)
    return written.getvalue()


def head_of_png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02" * 8


def noted(kind: str) -> bytes:
    """With the notes of a camera held upright, and a script behind the picture."""
    notes = Image.Exif()
    notes[0x0112], notes[0x013B] = 6, "Ana Paz"
    return picture(kind, exif=notes) + b"<script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_of_authors_are_decoded_and_written_anew(kind: str) -> None:
    fields, kept = picture_from(noted(kind))
    media_type = f"image/{kind.lower()}"
    assert fields == {"media_type": media_type, "width": 36, "height": 64, "svg": ""}
    for left_out in (b"script", b"Ana Paz", b"Exif", b"eXIf"):
        assert left_out not in kept
    with Image.open(BytesIO(kept)) as read:
        assert (read.format, read.size, dict(read.getexif())) == (kind, (36, 64), {})
        assert read.convert("RGB").getpixel((5, 5))[1] in range(126, 131)  # type: ignore[index]
    assert picture_from(noted(kind))[1] == kept


def test_files_are_what_their_bytes_say() -> None:
    for refused in (
        b"",
        b"GIF89a",
        head_of_png(9_000, 1),
        head_of_png(64, 36),  # the right first bytes, and no picture
        picture("PNG")[:-30],
        picture("GIF"),
        picture("PNG", (4_001, 2)),
        b"\xff\xd8\xff\xe0",
        b"x" * 1_048_577,
    ):
        with pytest.raises(MediaRefused):
            picture_from(refused)
    assert film_type(b"\0\0\0\x20ftypisom") == "video/mp4"
    assert film_type(b"\x1a\x45\xdf\xa3") == "video/webm"
    for refused in (b"", b"MZ", b"\0" * (20 * 1024 * 1024 + 1)):
        with pytest.raises(MediaRefused):
            film_type(refused)
    assert are_captions("WEBVTT\n\n00:01.000 --> 00:04.000\nHola")
    assert not are_captions("WEBVTT\n\nHola")
