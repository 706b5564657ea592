"""R65: the counts of a country that gives no names. The focal point's list is read by their browser,
and only the counts go up; coverage of them has no bounds.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution
from app.people.directory.values import Mandate, SharedFigures
from app.training.certificates.models import Certificate
from app.training.turnover.models import DeclaredCount
from app.training.turnover.rules.coverage import in_public
from app.training.turnover.rules.declared import coverage_declared, figures_declared, mistakes_in
from app.training.turnover.values import (
    CountryCoverage,
    CountsOfDay,
    DeclaredCounts,
    InstitutionCount,
    RegionCoverage,
    TaggedInstitution,
)
from tests.support.actors import an_account, session_cookie
from tests.support.browser import Pages, assert_no_sideways_scroll
from tests.support.server import serving
from tests.training.turnover.builders import a_certificate, an_edition, an_institution, an_official

FOCAL_POINT = "focal@example.org"
DAYS = (date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1))


def counted(number: int, posts: int, serving: int, trained: int) -> InstitutionCount:
    mandate = Mandate.MIGRATION if number == 1 else None
    place = TaggedInstitution(number, LocalizedText(es=f"I{number}"), "other", mandate)
    return InstitutionCount(place, posts, serving, trained)


DECLARED = DeclaredCounts(
    since=date(2026, 4, 1),
    days=(
        CountsOfDay(date(2026, 5, 1), (counted(1, 12, 10, 5), counted(2, 10, 10, 5))),
        CountsOfDay(date(2026, 8, 1), (counted(1, 12, 12, 9), counted(2, 10, 8, 6))),
    ),
)


def test_r65_last_declaration_stands_until_the_next_and_has_no_bounds() -> None:
    before, first, second = coverage_declared(DAYS, DECLARED)
    assert (before.serving, before.share, before.declared_on) == (0, None, None)
    assert (first.certified, first.serving, first.share) == (10, 20, 0.5)
    assert (second.certified, second.serving, second.share) == (15, 20, 0.75)
    assert second.declared_on == date(2026, 8, 1)
    assert (second.low, second.unconfirmed, second.recognised) == (None, None, None)
    assert in_public(second) == second
    assert in_public(replace(second, certified=16)) is None, "four without could be told"
    figures = figures_declared(DAYS[-1], DAYS, DECLARED)
    assert [(one.mandate, one.coverage.certified) for one in figures.parts] == [
        (Mandate.MIGRATION, 9),
        (None, 6),
    ]
    assert figures.detail is not None
    assert figures.detail.vacant == 2
    assert figures.exposure.years == 0.0


def test_declared_counts_are_not_set_against_those_who_passed_the_course() -> None:
    """Nobody here knows whom they are of; nor of a country that does not share its figures."""
    declared = coverage_declared(DAYS, DECLARED)[-1]
    known = replace(declared, certified=8, sure=6, unconfirmed=2, declared_on=None)
    named = CountryCoverage("HN", LocalizedText(es="Honduras"), known, (known,))
    region = RegionCoverage(
        countries=(
            named,
            replace(named, code="GT", shared=SharedFigures.TRAINED),
            replace(named, code="CA", coverage=declared, gives_no_names=True),
        ),
        parts=None,
    )
    assert (region.whole.countries, region.whole.certified) == (3, 31)
    assert (region.named.whole.countries, region.named.whole.certified) == (1, 8)


def test_counts_that_cannot_be_are_named_at_their_fields() -> None:
    wrong: dict[int, dict[str, int | None]] = {
        3: {"posts": 5, "serving": 6, "trained": 7},
        4: {"posts": None, "serving": 1, "trained": 0},
        5: {"posts": 0, "serving": 0, "trained": 0},
    }
    assert set(mistakes_in(wrong)) == {"serving-3", "trained-3", "posts-4"}


def test_r65_list_is_counted_in_the_browser_and_nothing_of_it_leaves(
    database_url: str, tmp_path: Path, browser: Browser, axe: Callable[[Page], None]
) -> None:
    """Given Honduras shares only counts, when its focal point lets the browser read their list, then
    certificates are matched there, and no request holds a name or a code.
    """
    with serving(database_url, tmp_path / "var") as server:
        an_account(
            server.app, FOCAL_POINT, country="HN", roles=[(Role.FOCAL_POINT, "HN")], language="en"
        )
        with server.app.app_context(), transaction() as db:
            migration, edition = an_institution(db), an_edition(db)
            women = Institution(
                country_code="HN",
                name=LocalizedText(es="Instituto de la Mujer"),
                kind="womens-mechanism",
            )
            db.add(women)
            db.flush()
            places = (migration, women.id)
            _appointment, person = an_official(db, migration)
            numbers = [a_certificate(db, person, edition, until=None) for _ in range(2)]
            codes = db.scalars(select(Certificate.code).where(Certificate.id.in_(numbers))).all()
            db.get_one(Country, "HN").counts_only_since = clock.today()
        first, second = ("-".join(code[at : at + 4] for at in (0, 4, 8, 12)) for code in codes)
        mistyped = next(
            code for last in "789" if (code := first[:-1] + last) not in (first, second)
        )
        sheet = tmp_path / "lista.csv"
        sheet.write_bytes(
            "Institución;Nombre;Código del certificado\r\n"
            f'dirección de migracion;"Güell; Ana";{first}\r\n'
            f"Dirección de Migración;Berta Paz;{mistyped}\r\n"
            f"Migration Office;;{second}\r\n"
            f"Instituto de la Mujer;Carla Ríos;https://convoca.example/verify/{second.lower()}\r\n"
            "Otra casa;Dora Luz;\r\n".encode("cp1252")
        )
        pages = Pages(browser, server.url)
        page = pages.open("/sign-in", lang="en", width=390)
        name, value = session_cookie(server.app, FOCAL_POINT)
        page.context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page.goto("/countries/HN/declaration")
        sent: list[tuple[str, str, str]] = []
        page.on("request", lambda one: sent.append((one.method, one.url, one.post_data or "")))
        page.get_by_label("The list as CSV").set_input_files(sheet)
        page.get_by_role("button", name="Count the list").click()
        expect(page.get_by_text("5 rows were counted into the table below.")).to_be_visible()
        expect(page.get_by_text("“Otra casa” is not an institution of this page")).to_be_visible()
        expect(page.get_by_text("no valid certificate of your country: 2.")).to_be_visible()
        axe(page)
        assert_no_sideways_scroll(page)
        womens = page.get_by_label("With a valid certificate: Instituto de la Mujer", exact=True)
        assert womens.input_value() == "1"
        shown = [
            [
                page.locator(f"#{what}-{number}").input_value()
                for what in ("posts", "serving", "trained")
            ]
            for number in places
        ]
        assert shown == [["3", "2", "1"], ["1", "1", "1"]]
        page.get_by_role("button", name="Declare these counts").click()
        expect(page.get_by_text("These counts stand until the next ones.")).to_be_visible()
        pages.close()
        assert {method for method, url, _body in sent if "/static/" not in url} == {"GET", "POST"}
        words = ("Berta", "Carla", "Otra casa", "Dora Luz", *codes, first, second)
        everything = " ".join(f"{url} {body}" for _method, url, body in sent).casefold()
        assert not [word for word in words if word.casefold() in everything.replace("/sign-in", "")]
        with server.app.app_context(), reading() as db:
            rows = db.scalars(select(DeclaredCount).order_by(DeclaredCount.institution_id)).all()
        assert [(one.posts, one.serving, one.trained) for one in rows] == [(3, 2, 1), (1, 1, 1)]
