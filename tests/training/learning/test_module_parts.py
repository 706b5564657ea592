"""What a module holds beside lessons and bank: read with every mistake named, kept in the edition."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading
from app.kernel.refusal import InvalidInput
from app.training.learning.forms.drawing import MOST_BYTES, DrawingRefused, drawing_size
from app.training.learning.forms.folder import NO_FIGURE, NO_FIGURE_WORDS, parse_course
from app.training.learning.models import (
    CourseFigure,
    Item,
    LessonCheck,
    Unit,
    Vignette,
)
from app.training.learning.queries.editions import glossary_of, sources_of_course
from app.training.learning.rules.duration import asks_to_think, minutes_of
from app.training.learning.values import ItemKind
from app.web.markdown import rich_text
from tests.training.learning.builders import NOW, Classroom, practised_files, some_files
from tests.training.learning.visitor import BASE, Visitor

FIRST = "one/A-L1.es.md"


def changed(name: str, change: Callable[[Any], object]) -> dict[str, str]:
    files = practised_files()
    document = yaml.safe_load(files[name])
    change(document)
    return {**files, name: yaml.safe_dump(document)}


def test_pictures_and_films_of_a_folder_are_never_taken_from_its_documents() -> None:
    def name_media(course: dict[str, Any]) -> None:
        course["modules"][0] |= {"figures": ["x"], "videos": ["x"]}
        course["modules"][1] |= {"screens": "x"}

    expected = parse_course(practised_files())
    assert parse_course(changed("course.yaml", name_media)) == expected


def test_a_module_with_everything_is_read() -> None:
    module = parse_course(practised_files()).modules[0]

    assert [item.kind for item in module.items][3] is ItemKind.ORDERING
    assert [item.is_critical for item in module.items] == [False, True, False, False, False]
    assert (module.items[0].case, module.items[0].screen) == ("A-K1", "A-L1#2")
    assert module.checks[0].after == 1
    assert (module.figures[0].width, module.figures[0].height) == (640, 360)
    assert (module.sources[0].year, len(module.terms)) == (1951, 1)


def test_every_part_changes_the_fingerprint_and_content_without_them_keeps_its_own() -> None:
    whole = parse_course(practised_files()).fingerprint
    changes = [
        changed("one/checks.yaml", lambda d: d["checks"][0]["stem"].update(en="Other")),
        changed("one/glossary.yaml", lambda d: d["terms"][0]["meaning"].update(en="Other")),
        changed("one/sources.yaml", lambda d: d["sources"][0].update(year=1967)),
        changed("one/bank.yaml", lambda d: d["items"][0].update(critical=True)),
        changed("one/bank.yaml", lambda d: d["cases"][0]["text"].update(en="Other")),
        practised_files()
        | {"one/figures/A-F1.es.svg": practised_files()["one/figures/A-F1.en.svg"]},
    ]
    assert len({whole, *(parse_course(files).fingerprint for files in changes)}) == 7
    assert (
        parse_course(with_minutes()).fingerprint
        == "f2a7ed0f85ac39e8aaa8897a9dc0caf0b66f2e5dc367bc5826528ec59f896874"
    )


def with_minutes() -> dict[str, str]:
    """The small course as it was written while authors guessed the minutes."""
    files = some_files()
    course = yaml.safe_load(files["course.yaml"])
    for module in course["modules"]:
        module["minutes"] = 15
    files["course.yaml"] = yaml.safe_dump(course)
    for name in ("one/module.yaml", "two/module.yaml"):
        document = yaml.safe_load(files[name])
        for unit, minutes in zip(document["units"], (10, 5), strict=True):
            unit["minutes"] = minutes
        files[name] = yaml.safe_dump(document)
    return files


def test_minutes_that_nobody_wrote_down_are_measured() -> None:
    module = parse_course(some_files()).modules[0]

    assert [unit.minutes for unit in module.units] == list(minutes_of(module).values())
    assert module.minutes == sum(unit.minutes for unit in module.units)


@pytest.mark.parametrize(
    ("name", "change", "place"),
    [
        ("one/bank.yaml", lambda d: d["items"][0].update(screen="A-L1#3"), "items[0].screen"),
        ("one/bank.yaml", lambda d: d["items"][0].update(screen="A-Q#1"), "items[0].screen"),
        ("one/bank.yaml", lambda d: d["items"][0].update(case="A-K9"), "items[0].case"),
        ("one/bank.yaml", lambda d: d["items"][0].update(critical="yes"), "items[0].critical"),
        ("one/bank.yaml", lambda d: d["items"][3].pop("feedback"), "items[3].feedback"),
        (
            "one/bank.yaml",
            lambda d: d["items"][3]["options"][0].update(correct=True),
            "items[3].options",
        ),
        ("one/bank.yaml", lambda d: d["cases"].append(d["cases"][0]), "cases"),
        ("one/checks.yaml", lambda d: d["checks"][0].update(after=3), "checks[0].after"),
        ("one/checks.yaml", lambda d: d["checks"][0].update(unit="A-Q"), "checks[0].unit"),
        ("one/checks.yaml", lambda d: d["checks"][0].update(kind="ordering"), "checks[0].kind"),
        ("one/checks.yaml", lambda d: d["checks"].append(d["checks"][0]), "checks"),
        ("one/checks.yaml", lambda d: d.update(checks=None), "checks"),
        ("one/glossary.yaml", lambda d: d["terms"][0].pop("meaning"), "terms[0].meaning"),
        ("one/sources.yaml", lambda d: d["sources"][0].update(kind="blog"), "sources[0].kind"),
        (
            "one/sources.yaml",
            lambda d: d["sources"][0].update(url="javascript:alert(1)"),
            "sources[0].url",
        ),
    ],
)
def test_a_mistake_is_named_with_its_file_and_place(
    name: str, change: Callable[[Any], object], place: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_course(changed(name, change))

    assert f"{name}: {place}" in refused.value.errors


@pytest.mark.parametrize(
    ("image", "msgid"),
    [
        ("![words](A-F9)", NO_FIGURE),
        ("![](A-F1)", NO_FIGURE_WORDS),
        ("![x](https://example.org/x.png)", NO_FIGURE),
    ],
)
def test_an_image_is_a_figure_of_the_module_with_words(image: str, msgid: str) -> None:
    files = practised_files()
    with pytest.raises(InvalidInput) as refused:
        parse_course(files | {FIRST: f"## A\n\n{image}\n\n---\n\n## B"})

    assert {place: one.msgid for place, one in refused.value.errors.items()} == {FIRST: msgid}


def svg(inside: str = "", attributes: str = 'viewBox="0 0 64 36"', before: str = "") -> str:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'


@pytest.mark.parametrize(
    "drawing",
    [
        svg("<script>alert(1)</script>"),
        svg("<foreignObject/>"),
        svg('<image href="https://example.org/x.png"/>'),
        svg('<a href="https://example.org"><text>x</text></a>'),
        svg('<use href="https://example.org/x.svg#a"/>'),
        svg('<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="data:image/svg+xml,x"/>'),
        svg('<rect onload="alert(1)"/>'),
        svg('<rect fill="url(https://example.org/x)"/>'),
        svg('<rect style="background:url(//example.org/x)"/>'),
        svg("<style>@import 'https://example.org/x.css';</style>"),
        svg("<style>rect{fill:ur\\6c(//example.org)}</style>"),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        svg(before='<!DOCTYPE svg [<!ENTITY a "aaaa">]>'),
        svg(before='<!DOCTYPE svg SYSTEM "https://example.org/x.dtd">'),
        svg(before='<?xml-stylesheet href="https://example.org/x.css"?>'),
        svg(attributes='width="10"'),
        svg("<rect>"),
        '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        '<svg viewBox="0 0 64 36"/>',
        svg("<desc>" + "x" * MOST_BYTES + "</desc>"),
        "",
        "\x00",
    ],
)
def test_a_drawing_that_runs_or_reaches_outside_is_refused(drawing: str) -> None:
    with pytest.raises(DrawingRefused):
        drawing_size(drawing)


def test_a_drawing_of_shapes_words_and_own_references_may_be_shown() -> None:
    inside = (
        '<defs><marker id="a"><path d="M0 0"/></marker></defs><style>text{font-size:15px}</style>'
        '<line marker-end="url(#a)"/><use href="#a"/><text>Señal &amp; paso</text>'
    )
    assert drawing_size(svg(inside)) == (64, 36)


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        ("**Piense un momento:** ¿qué hace?", True),
        ("x\n\n> **Think for a moment.** What now?", True),
        ("Piense un momento en ella.", False),
        ("**En su ventanilla:** piense un momento", False),
    ],
)
def test_an_invitation_to_think_is_seen(body: str, asks: bool) -> None:
    assert asks_to_think(body) is asks


@pytest.mark.both_databases
def test_an_edition_keeps_all_its_parts(room: Classroom) -> None:
    edition_id = room.publish(parse_course(practised_files()))
    assert room.publish(parse_course(practised_files())) == edition_id
    with room.app.app_context(), reading() as db:
        [check] = db.scalars(select(LessonCheck))
        assert [option["correct"] for option in check.options] == [False, True, False]
        assert check.options[0]["feedback"]["en"] == "Because 1 (en)"
        assert db.scalars(select(Vignette.code)).all() == ["A-K1"]
        [term] = glossary_of(db, edition_id=edition_id, language="es")
        [source] = sources_of_course(db, edition_id=edition_id, language="es")
        assert (term.module_number, source.year) == (1, 1951)
        assert sorted(db.scalars(select(CourseFigure.language))) == ["en", "es"]
        assert db.scalars(select(Item.code).where(Item.is_critical)).all() == ["A-002"]
        assert all(minutes > 0 for minutes in db.scalars(select(Unit.measured)) if minutes)


def test_a_figure_is_shown_with_its_words_and_size_and_kept_by_the_browser(
    client: FlaskClient, room: Classroom
) -> None:
    room.publish(parse_course(practised_files()), now=NOW + timedelta(days=1))
    learner = room.learner()
    room.enrol(learner)
    visitor = Visitor(client, learner)
    shown = re.search(
        r'<img src="([^"]+)" alt="A map" width="640" height="360">',
        visitor.get(f"{BASE}/one/A-L1/1"),
    )
    assert shown
    answer = client.get(shown[1])
    assert answer.mimetype == "image/svg+xml"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.get_data(as_text=True) == practised_files()["one/figures/A-F1.es.svg"]
    assert client.get(f"{BASE}/figures/{'0' * 64}.svg").status_code == 404


def test_a_text_shows_tables_and_of_images_only_its_own() -> None:
    page = rich_text("|a|b|\n|-|-|\n|<b>|2|\n\n![words](https://example.org/x.png)")

    assert '<div class="text-table"><table>' in page
    assert "<td>&lt;b&gt;</td>" in page
    assert "<img" not in page
    assert "words" in page
