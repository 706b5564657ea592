"""An edition is one document: it is read back whole, its fingerprint is made of it, and editions of
before get theirs from their rows.
"""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.training.learning.models import CourseEdition, EditionDocument
from app.training.learning.values import (
    ChangeClass,
    ChangeContent,
    CourseContent,
    FigureContent,
    ItemContent,
    ItemKind,
    OptionContent,
    Strictness,
    UnitContent,
    UnitKind,
    VideoContent,
    WebinarContent,
    content_from,
)
from tests.training.learning.builders import Classroom, both, practised_content, some_content

MIGRATION = (
    Path(__file__).resolve().parents[3] / "migrations" / "versions" / "0041_edition_documents.py"
)
TEXT, NO_TEXT = LocalizedText(both("Text")), LocalizedText()


def everything() -> CourseContent:
    """The small course with a thing of every kind, and fields that most courses leave empty."""
    content = practised_content("2027.1")
    first, *others = content.modules
    options = {
        ItemKind.SHORT: (
            OptionContent(True, TEXT, NO_TEXT),
            OptionContent(True, TEXT, TEXT, Decimal("33.33333")),
        ),
        ItemKind.NUMERICAL: (
            OptionContent(True, NO_TEXT, TEXT, number="3.5", tolerance="0.1"),
            OptionContent(True, NO_TEXT, TEXT, Decimal(50), number="*"),
        ),
        ItemKind.MATCHING: (
            OptionContent(True, TEXT, NO_TEXT, match=TEXT),
            OptionContent(False, NO_TEXT, NO_TEXT, match=LocalizedText(es="Sobra")),
        ),
    }
    items = [
        ItemContent(
            f"A-{kind}",
            objective="A-O1",
            kind=kind,
            section="I",
            stem=TEXT,
            options=given,
            weight=2,
            strict=(Strictness.CASE,) if kind is ItemKind.SHORT else (),
        )
        for kind, given in options.items()
    ]
    webinar = WebinarContent(80, kinds=("webinar",), series=("c7d8",))
    unit = UnitContent(
        "A-W1", UnitKind.WEBINAR, minutes=60, title=TEXT, webinar=webinar, is_optional=True
    )
    photo = FigureContent(
        "A-F2", "es", svg="", width=640, height=360, media_type="image/png", sha256="a" * 64
    )
    film = VideoContent("A-V1", TEXT, url="", transcript=TEXT, media_type="video/mp4", sha256="b")
    first = replace(
        first,
        items=(*first.items, *items),
        units=(*first.units, unit),
        figures=(*first.figures, photo),
        videos=(film,),
    )
    changes = (
        ChangeContent("one", "A-O1", ChangeClass.MATERIAL, TEXT),
        ChangeContent("two", "B-O1", ChangeClass.MINOR),
    )
    return replace(content, modules=(first, *others), changes=changes)


def migration() -> ModuleType:
    spec = spec_from_file_location("edition_documents", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sha256(document: object) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("content", [some_content(), practised_content(), everything()])
def test_document_is_read_back_as_the_same_edition(content: CourseContent) -> None:
    document = json.loads(json.dumps(content.document))
    assert content_from(document) == content
    assert sha256(document) == content.fingerprint


def test_editions_published_before_keep_their_fingerprints() -> None:
    """Computed before there were documents; certificates and enrolments rest on them."""
    known = "227d48a58df62d9eb3e22d9f1ad569e6ac5465fece1a4268d6c8e80622152fcd"
    assert practised_content().fingerprint == known


def test_document_of_an_unknown_version_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="version 99"):
        content_from(some_content().document, 99)


@pytest.mark.both_databases
def test_migration_makes_of_rows_the_documents_that_publishing_stores(app: Flask) -> None:
    room = Classroom(app)
    for content in (some_content(), practised_content(), everything()):
        room.publish(content)
    with app.app_context():
        with reading() as db:
            stored = {row.edition_id: row.content for row in db.scalars(select(EditionDocument))}
            hashes = {row.id: row.content_hash for row in db.scalars(select(CourseEdition))}
        downgrade(revision="0042_refused_wishes")  # glossary and sources are rows again
        with transaction() as db:
            made = dict(migration().documents(db.connection()))
        upgrade()
    assert len(made) == 3
    assert {id_: json.loads(json.dumps(document)) for id_, document in made.items()} == stored
    assert {id_: sha256(document) for id_, document in made.items()} == hashes
