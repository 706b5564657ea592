"""Coverage by what institutions deal with (R36), and a country without a women's mechanism (R10)."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.ctx import AppContext
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.people.directory.models import Institution
from app.people.directory.values import Mandate
from app.training.turnover.queries import figures
from app.training.turnover.rules.coverage import by_mandate
from app.training.turnover.values import CoveragePart, PostTerm
from app.web.site import site
from tests.training.turnover.builders import (
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_staff,
    an_institution,
    an_official,
    focal_point,
)

pytestmark = pytest.mark.usefixtures("day_of_figures")

HN, GT = focal_point("HN"), focal_point("GT")


def a_part(
    db: Session, *, country: str = "HN", kind: str, mandate: str = "", serving: int, certified: int
) -> None:
    a_staff(db, country, serving=serving, certified=certified)
    newest = select(Institution.id).order_by(Institution.id.desc()).limit(1).scalar_subquery()
    db.execute(
        update(Institution).where(Institution.id == newest).values(kind=kind, mandate=mandate)
    )


def a_country(db: Session, country: str = "HN") -> None:
    a_part(db, country=country, kind="migration", serving=12, certified=6)
    a_part(db, country=country, kind="womens-mechanism", serving=11, certified=5)
    a_part(db, country=country, kind="interior", mandate="both", serving=20, certified=10)


def counts(parts: tuple[CoveragePart, ...] | None) -> dict[Mandate | None, tuple[int, int]] | None:
    return (
        None
        if parts is None
        else {one.mandate: (one.coverage.certified, one.coverage.serving) for one in parts}
    )


def parts_of(actor: Actor, country: str = "HN") -> dict[Mandate | None, tuple[int, int]] | None:
    with reading() as db:
        report = figures.country_report(db, actor=actor, country_code=country, on=TODAY)
        return counts(report.parts)


def region_of(actor: Actor) -> dict[Mandate | None, tuple[int, int]] | None:
    with reading() as db:
        return counts(figures.region(db, actor=actor, on=TODAY).parts)


@pytest.mark.both_databases
def test_r36_coverage_splits_into_migration_gender_and_both(app_context: AppContext) -> None:
    with transaction() as db:
        a_country(db)
    assert parts_of(HN) == {
        Mandate.MIGRATION: (6, 12),
        Mandate.GENDER: (5, 11),
        Mandate.BOTH: (10, 20),
    }
    assert region_of(ORGANIZER) == parts_of(HN)


def test_institutions_of_neither_stand_apart_and_two_posts_count_twice() -> None:
    terms = [
        PostTerm(1, date(2024, 1, 1), None, None, Mandate.GENDER),
        PostTerm(1, date(2024, 1, 1), None, None),
        PostTerm(2, date(2024, 1, 1), TODAY, None, Mandate.BOTH),
    ]
    assert counts(by_mandate(TODAY, terms, ())) == {Mandate.GENDER: (0, 1), None: (0, 1)}


def test_a_small_part_hides_the_split_outside_the_country(app_context: AppContext) -> None:
    """The others would tell it from the whole."""
    with transaction() as db:
        a_country(db)
        a_part(db, kind="other", serving=6, certified=2)
    assert parts_of(PRESIDENCY) is None
    assert len(parts_of(HN) or {}) == len(parts_of(ORGANIZER) or {}) == 4
    assert region_of(PRESIDENCY) is None
    assert region_of(ORGANIZER) == parts_of(HN)


def test_the_region_less_ones_own_country_tells_nobody(app_context: AppContext) -> None:
    """The sum may be large enough; what remains of it without the own country is not."""
    with transaction() as db:
        a_country(db)
        a_part(db, country="GT", kind="migration", serving=20, certified=10)
        a_part(db, country="GT", kind="womens-mechanism", serving=6, certified=2)
    assert region_of(HN) is None
    assert region_of(GT) == region_of(ORGANIZER), "Honduras alone tells of nobody"


def test_bounds_are_left_out_of_parts_outside(app_context: AppContext) -> None:
    with transaction() as db:
        a_country(db)
    with reading() as db:
        report = figures.country_report(db, actor=PRESIDENCY, country_code="HN", on=TODAY)
    assert report.parts
    assert {(one.coverage.sure, one.coverage.unconfirmed) for one in report.parts} == {(None, None)}


def sign_in(app: Flask, actor: Actor) -> None:
    site(app).load_actor = lambda: actor


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_r36_pages_show_the_split(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        a_country(db)
    site(app).load_actor = lambda: HN
    for path in ("/countries/HN?lang=es", "/region?lang=es"):
        page = text_of(client, path)
        assert "Según de qué se ocupa la institución" in page, path
        part = page.split("Gestión migratoria y género", 1)[1]
        assert "<b>10</b> de 20" in part.split("</tr>", 1)[0], path


def test_r10_country_without_a_womens_mechanism_shows_the_gap(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        an_official(db, an_institution(db))
    gap = "no tiene registrado un mecanismo de las mujeres"
    for actor, acts in ((HN, True), (ORGANIZER, True), (PRESIDENCY, False)):
        sign_in(app, actor)
        page = text_of(client, "/countries/HN?lang=es")
        assert f"Honduras {gap}" in page
        assert ("/institutions?kind=womens-mechanism&amp;country=HN" in page) is acts
    site(app).load_actor = lambda: HN
    form = text_of(client, "/institutions?kind=womens-mechanism&country=HN&lang=es")
    assert "<details open>" in form
    assert re.search(r'<option selected value="womens-mechanism">', form)
    answer = client.post(
        "/institutions",
        data={"country": "HN", "name_es": "Instituto de la Mujer", "kind": "womens-mechanism"},
    )
    assert answer.status_code == 303
    assert gap not in text_of(client, "/countries/HN?lang=es")
    with app.app_context(), reading() as db:
        kind = Institution.kind == "womens-mechanism"
        number = db.scalar(select(Institution.id).where(kind))
    assert client.post(f"/institutions/{number}/close").status_code == 303
    assert gap in text_of(client, "/countries/HN?lang=es"), "a closed one serves nobody"


def test_mandate_is_kept_and_a_wrong_one_gets_a_sentence(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        number = an_institution(db)
    site(app).load_actor = lambda: HN
    path = f"/institutions/{number}"
    sent = {"name_es": "Dirección", "kind": "migration", "mandate": "both"}
    assert client.post(path, data=sent).status_code == 303
    assert '<option selected value="both">' in text_of(client, f"{path}?lang=es")
    refused = client.post(f"{path}?lang=es", data={**sent, "mandate": "all"})
    assert refused.status_code == 422
    assert "Elija una de las respuestas" in refused.get_data(as_text=True)
