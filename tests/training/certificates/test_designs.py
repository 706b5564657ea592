"""The designs as data: frozen by hash, licensed, drawable, without Python."""

import hashlib
import json
import re
import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from app.training.certificates.exports import words
from app.training.certificates.rules import NameNotPrintable, printable_name, undrawn
from app.training.certificates.values import WORDED
from tests.training.certificates.builders import DESIGNS, SAMPLES, sample

FONTS = DESIGNS / "shared" / "fonts"


def design_hash(design: str) -> str:
    paper = json.loads((DESIGNS / design / "design.json").read_text("utf-8"))["paper"]
    folders = (DESIGNS / design, DESIGNS / paper, FONTS)
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    lines = (
        f"{p.relative_to(DESIGNS).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}\n"
        for p in files
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_a_design_never_changes_under_its_version() -> None:
    """If this fails, the change belongs into a new version of the design; the lock gets a new line,
    none is edited.
    """
    lock = json.loads((DESIGNS / "designs.lock.json").read_text("utf-8"))
    found = {
        path.parent.relative_to(DESIGNS).as_posix() for path in DESIGNS.glob("*/v*/design.json")
    }
    assert lock == {design: design_hash(design) for design in sorted(found)}


def test_what_is_issued_now_is_locked() -> None:
    assert WORDED in json.loads((DESIGNS / "designs.lock.json").read_text("utf-8"))


def test_every_character_that_a_text_of_the_office_may_have_is_in_the_fonts() -> None:
    for style in ("400-normal", "500-normal", "400-italic"):
        with TTFont(FONTS / f"eb-garamond-{style}.woff2") as font:
            drawn = set(font.getBestCmap())
        allowed = {point for point in range(0x20, 0x3000) if not undrawn(chr(point))}
        assert len(allowed) > 800
        assert allowed <= drawn, sorted(hex(point) for point in allowed - drawn)


def test_the_folder_holds_no_code() -> None:
    assert not [*DESIGNS.rglob("*.py"), *DESIGNS.rglob("*.js")]


@pytest.mark.parametrize("family", ["eb-garamond", "source-sans-3"])
def test_each_font_family_stands_beside_its_licence(family: str) -> None:
    assert [*FONTS.glob(f"{family}-*.woff2")]
    assert "SIL Open Font License, Version 1.1" in (FONTS / f"{family}.LICENSE.txt").read_text(
        "utf-8"
    )


@pytest.mark.parametrize("style", ["400-normal", "500-normal", "400-italic"])
def test_every_printable_character_is_in_the_bundled_fonts(style: str) -> None:
    """The rule that refuses names and the fonts that draw them must not drift apart: nothing falls
    to a system font.
    """
    with TTFont(FONTS / f"eb-garamond-{style}.woff2") as font:
        drawn = set(font.getBestCmap())
    allowed = {
        ord(c)
        for c in map(chr, range(0x20, 0x3000))
        if unicodedata.is_normalized("NFC", c) and _allows(c)
    }
    assert len(allowed) > 700
    assert allowed <= drawn, sorted(hex(point) for point in allowed - drawn)


def _allows(character: str) -> bool:
    try:
        return character in printable_name(f"A{character}b")
    except NameNotPrintable:
        return False


def test_python_and_style_sheet_agree_on_the_sizes_of_names() -> None:
    css = (DESIGNS / "shared/paper_v1/page.css").read_text("utf-8")
    sizes = re.findall(r"^\.name\.(\w+) \{ font-size: (\d+)pt; \}", css, re.MULTILINE)
    assert [(name, float(points)) for name, points in sizes] == list(words.NAME_SIZES)


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_certificates_of_a_design_that_exists(name: str) -> None:
    facts = sample(name)
    assert (DESIGNS / facts.design / "page.html").is_file()
    assert facts.verify_url.endswith(facts.code)
    assert printable_name(facts.holder_name) == facts.holder_name


def test_no_emblem_of_another_organisation() -> None:
    """Use of the IOM, UN or RCM emblems needs permission: the designs hold no image and one
    drawing, ours.
    """
    images = [
        p
        for p in DESIGNS.rglob("*")
        if p.suffix in {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".pdf"}
    ]
    assert {Path(p).name for p in images} == {"art.svg"}
