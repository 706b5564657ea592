"""Packages in the shapes that authoring programs really export: names, capitals, addresses, encodings."""

from pathlib import Path

import pytest

from app.training.packages.forms import inspect
from app.training.packages.values import PartKind, Weight
from tests.training.packages.builders import archive

PAGE = "<html></html>"
FILES = Path(__file__).parent / "files"
STORYLINE = (FILES / "storyline.xml").read_text(encoding="utf-8")
ISPRING = (FILES / "ispring.xml").read_text(encoding="utf-8")
CAPTIVATE = (FILES / "captivate.xml").read_text(encoding="utf-8")
EXE = (FILES / "exelearning.xml").read_text(encoding="utf-8")
MOODLE = (FILES / "moodle.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "launched", "warnings"),
    [
        pytest.param(
            {
                "imsmanifest.xml": STORYLINE,
                "index_lms.html": PAGE,
                "story_content/slides/5kq 1.js": "",
                "story_content/6d&7.js": "",
            },
            [("index_lms.html", "", "80")],
            0,
            id="storyline: mastery score, & and a space in names",
        ),
        pytest.param(
            {
                "IMSMANIFEST.XML": "\ufeff\n" + ISPRING,
                "res/index.html": PAGE,
                "res/Imágenes/foto 1.png": "x",
            },
            [("res/index.html", "?lang=es&mode=lms#s1", "")],
            1,
            id="ispring: capitals, a byte order mark, backslashes, ? and #, percent signs",
        ),
        pytest.param(
            {
                "Curso final/imsmanifest.xml": CAPTIVATE,
                "Curso final/multiscreen.html": PAGE,
                "Curso final/dr/SlideNotes.html": PAGE,
            },
            [("multiscreen.html", "", "")],
            2,
            id="captivate: in a folder, no version, empty elements",
        ),
        pytest.param(
            {
                "imsmanifest.xml": EXE,
                "index.html": PAGE,
                "qué_es.html": PAGE,
                "base.css": "",
                "imslrm.xml": "<x/>",
            },
            [("index.html", "", ""), ("qué_es.html", "", "")],
            0,
            id="exelearning: items within items, dependencies, accents in percent signs",
        ),
        pytest.param(
            {"imsmanifest.xml": MOODLE, "cursos/uno/mi página.htm": PAGE},
            [("cursos/uno/mi página.htm", "?a=1&b=2", "")],
            1,
            id="moodle's samples: bases of addresses, parameters, empty metadata",
        ),
        pytest.param(
            {
                "imsmanifest.xml": STORYLINE.replace("utf-8", "UTF-16").encode("utf-16"),
                "index_lms.html": PAGE,
                "story_content/slides/5kq 1.js": "",
                "story_content/6d&7.js": "",
            },
            [("index_lms.html", "", "80")],
            0,
            id="a manifest in UTF-16",
        ),
        pytest.param(
            {"imsmanifest.xml": "\n  " + MOODLE, "cursos/uno/mi página.htm": PAGE},
            [("cursos/uno/mi página.htm", "?a=1&b=2", "")],
            1,
            id="an empty line before the declaration",
        ),
    ],
)
def test_package_of_a_known_program_is_taken(
    files: dict[str, str | bytes], launched: list[tuple[str, str, str]], warnings: int
) -> None:
    found = inspect(archive(files))
    items = [item for item in found.manifest.items if item.kind is not PartKind.FOLDER]
    assert [(item.path, item.query, item.mastery) for item in items] == launched
    assert {item.kind for item in items} == {PartKind.SCO}
    assert len(found.findings) == warnings
    assert {finding.weight for finding in found.findings} <= {Weight.WARNING}
