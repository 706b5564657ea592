"""A text in several languages in one column, on both engines."""

import pytest
from flask import Flask
from sqlalchemy import column, func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.infra.database import reading, transaction
from app.infra.orm import text_in
from app.kernel.text import LocalizedText
from app.people.directory.models import Country

pytestmark = pytest.mark.both_databases
NAME = LocalizedText(fr="Pérou", es="Perú", en="Peru")


@pytest.fixture
def peru(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        db.add(Country(code="PE", name=NAME, timezone="America/Lima"))
    return app


def test_text_comes_back_as_it_was_stored(peru: Flask) -> None:
    with peru.app_context(), reading() as db:
        assert db.get_one(Country, "PE").name == NAME
        assert db.scalar(select(Country.code).where(Country.name == NAME)) == "PE"


def test_sqlite_keeps_readable_json_with_sorted_languages(peru: Flask) -> None:
    with peru.app_context(), reading() as db:
        if db.get_bind().dialect.name == "sqlite":
            stored = db.scalar(text("SELECT name FROM country WHERE code = 'PE'"))
            assert stored == '{"en":"Peru","es":"Perú","fr":"Pérou"}'
        else:
            kind = db.scalar(select(func.pg_typeof(column("name"))).select_from(Country).limit(1))
            assert kind == "jsonb"


def test_query_reads_one_language_and_an_empty_text_where_it_is_missing(peru: Flask) -> None:
    with peru.app_context(), reading() as db:
        read = select(*(text_in(Country.name, code) for code in ("es", "fr", "pt")))
        assert tuple(db.execute(read.where(Country.code == "PE")).one()) == ("Perú", "Pérou", "")


def test_nothing_is_stored_where_no_text_was_given(peru: Flask) -> None:
    with peru.app_context(), pytest.raises(IntegrityError), transaction() as db:
        db.execute(update(Country).where(Country.code == "PE").values(name=None))
