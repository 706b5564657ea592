"""A button that is pressed twice makes one thing, says so twice and writes to nobody twice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import CompoundSelect, func, literal, select, union_all

from app.infra.database import database, reading, transaction
from app.kernel.text import LocalizedText
from app.participation.registrations.values import Way
from app.people.directory.models import Institution, Person
from app.people.directory.values import Newcomer
from app.training.turnover.rules.pasted import PastedLine
from app.training.turnover.views.newcomers import preview_mark
from tests.followup.agreements.test_views import TYPED as AGREEMENT
from tests.followup.agreements.world import NOW as AFTER_THE_CONGRESS
from tests.followup.agreements.world import congress_with_follow_up
from tests.participation.invitations.world import an_invitation
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    plan,
)
from tests.planning.seasons.test_views import typed as a_season
from tests.support.forms import tokens_of


@dataclass(frozen=True)
class Press:
    """`page` shows the form, `path` takes it."""

    page: str
    path: str
    typed: dict[str, Any]


def a_practice(app: Flask) -> Press:
    act_as(app, replace(FOCAL_POINT, person_id=1))
    typed = {"category": "good-practice", "title_es": "Ventanilla única", "summary_es": "Una línea"}
    typed |= {"organisation": "INM", "organisation_type": "ministry", "country_code": ""}
    return Press("/good-practices/new", "/good-practices/new", typed)


def a_calendar(app: Flask) -> Press:
    typed = {"whose": "process", "name_es": "SICA", "url": "https://calendar.example.org/a.ics"}
    return Press("/calendars/add", "/calendars/add", typed)


def a_guest(app: Flask) -> Press:
    page = f"/events/{plan(app, a_draft())}/invitations/new"
    typed = {
        "way": "guest",
        "class": "special-guest",
        "name": "Rigoberta Ñanduy",
        "email": "r@example.org",
    }
    return Press(f"{page}?way=guest", page, typed | {"organisation": "Red", "language": "es"})


def an_open_link(app: Flask) -> Press:
    page = f"/events/{plan(app, a_draft())}/invitations/new"
    typed = {"way": "link", "class": "special-guest", "places": "5", "closes_on": "2026-11-30"}
    return Press(f"{page}?way=link", page, typed)


def a_letter_sent_again(app: Flask) -> Press:
    event = plan(app, a_draft())
    invitation = an_invitation(app, event, Way.GUEST)
    page = f"/events/{event}/invitations/{invitation}"
    return Press(page, f"{page}/sending", {})


def an_agreement(app: Flask) -> Press:
    with app.app_context(), transaction() as db:
        congress, _, _ = congress_with_follow_up(db)
    return Press(f"/events/{congress}/agreements/new", f"/events/{congress}/agreements", AGREEMENT)


def a_holiday(app: Flask) -> Press:
    act_as(app, FOCAL_POINT)
    page = "/countries/HN/holidays"
    return Press(
        page, f"{page}/new", {"on": "2027-10-06", "name_es": "Feriado", "scope": "national"}
    )


def a_licence(app: Flask) -> Press:
    typed = {
        "licence-key": "zoom-9",
        "licence-label_es": "Zoom",
        "licence-label_en": "Zoom",
        "licence-capacity": "2",
    }
    return Press("/rules", "/rules/licences", typed)


def an_edition(app: Flask) -> Press:
    return Press(
        "/editions/new",
        "/editions/new",
        {"label": "VII", "starts_on": "2027-07", "presidency": "BZ"},
    )


def a_copied_edition(app: Flask) -> Press:
    return Press("/editions/iii/clone", "/editions/iii/clone", {"label": "VIII"})


def a_fund(app: Flask) -> Press:
    return Press(
        "/editions/iii/funding",
        "/editions/iii/funding/sources",
        {"name_es": "Fondo «Á»", "name_en": "Fund"},
    )


def a_season_of_webinars(app: Flask) -> Press:
    return Press("/seasons/new", "/seasons/new", a_season())


def an_official(app: Flask) -> Press:
    act_as(app, FOCAL_POINT)
    with app.app_context(), transaction() as db:
        institution = Institution(
            country_code="HN", kind="migration", name=LocalizedText(es="INM", en="INM")
        )
        db.add(institution)
        db.flush()
        number = institution.id
    typed = {"full_name": "Ana Ñáñez", "email": "ana@example.org", "institution_id": str(number)}
    typed |= {"post_title": "Cónsul", "valid_from": "2026-11-01"}
    newcomer = Newcomer("Ana Ñáñez", "ana@example.org", number, "Cónsul", date(2026, 11, 1))
    typed["seen"] = preview_mark((PastedLine(1, "", newcomer),))
    return Press("/countries/HN/officials/new", "/countries/HN/officials/new", typed)


def a_copied_event(app: Flask) -> Press:
    page = f"/events/{plan(app, a_draft())}"
    return Press(page, f"{page}/duplicate", {})


def an_account_invited(app: Flask) -> Press:
    page = "/people-and-access/invite"
    typed = {"full_name": "Beto Paz", "email": "beto@example.org", "country_code": "HN"}
    return Press(page, page, typed | {"role": "official:HN", "valid_from": "2026-11-24"})


def a_request_for_access(app: Flask) -> Press:
    typed = {"full_name": "Rosa Paz", "email": "rosa@example.org", "country_code": "HN"}
    typed |= {"institution": "Instituto", "reason": "Asisto a los webinarios."}
    return Press("/request-access", "/request-access", typed)


def a_merge(app: Flask) -> Press:
    numbers = (8001, 8002)
    with app.app_context(), transaction() as db:
        for number in numbers:
            name = "Ana Paz"
            db.add(
                Person(
                    id=number, full_name=name, sort_key="ana paz", country_code="HN", timezone="UTC"
                )
            )
    one, other = numbers
    page = f"/merges/compare?person={one}&person={other}"
    return Press(page, "/merges", {"person": [str(one), str(other)], "keep": str(one)})


PRESSES: list[Callable[[Flask], Press]] = [
    a_practice,
    a_calendar,
    a_guest,
    an_open_link,
    a_letter_sent_again,
    an_agreement,
    a_holiday,
    a_licence,
    an_edition,
    a_copied_edition,
    a_fund,
    a_season_of_webinars,
    an_official,
    a_copied_event,
    an_account_invited,
    a_request_for_access,
    a_merge,
]


@cache
def counts() -> CompoundSelect[str, int]:
    """Every table's name with its number of rows, as one statement."""
    return union_all(
        *(
            select(literal(table.name), func.count()).select_from(table)
            for table in database.metadata.sorted_tables
        )
    )


def rows(app: Flask) -> dict[str, int]:
    with app.app_context(), reading() as db:
        return {row[0]: row[1] for row in db.execute(counts())}


@pytest.mark.parametrize("make", PRESSES, ids=lambda make: make.__name__)
def test_a_button_pressed_twice_makes_one_thing(
    app: Flask, client: FlaskClient, make: Callable[[Flask], Press]
) -> None:
    act_as(app, ORGANIZER)
    if make is not an_agreement:
        furnished(app)
    with time_machine.travel(
        AFTER_THE_CONGRESS if make is an_agreement else "2026-11-24T15:00+00:00"
    ):
        press = make(app)
        before = rows(app)
        tokens = tokens_of(client.get(press.page).text)
        first = client.post(press.path, data={**press.typed, **tokens})
        once = rows(app)
        assert first.status_code in (302, 303), first.text
        assert once != before
        second = client.post(press.path, data={**press.typed, **tokens})
        assert (second.status_code, second.location) == (first.status_code, first.location)
        assert rows(app) == once


def test_the_same_words_in_a_new_form_are_another_thing(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    press = a_practice(app)
    for count in (1, 2):
        tokens = tokens_of(client.get(press.page).text)
        assert client.post(press.path, data={**press.typed, **tokens}).status_code == 303
        assert rows(app)["good_practice"] == count
