"""Every page there is for a reader: each GET route with every object of the database that its
address can name.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple, dataclass
from itertools import product
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.database import reading
from app.kernel.actor import ANONYMOUS as NOBODY
from app.people.directory.models import Country, Person, WorkingGroup
from app.planning.events.models import Event
from app.planning.events.queries.life import phase_of_event
from app.training.certificates.models import Certificate
from app.training.learning.models import Attempt, Enrolment, Module, Unit
from app.web.guards import READING, policy_of
from tests.security.headers import CSP, faults
from tests.security.html import Document, Form
from tests.security.matrix import ANONYMOUS
from tests.security.world import (
    NAMES_OF_COUNTRIES,
    Objects,
    address,
    filled,
    routes,
    values_for,
)
from tests.support import session
from tests.support.actors import actor_of, bearer, sign_in

QUERIES = {
    "turnover_api.coverage": [f"?country={code}" for code in ("HN", "GT", "BZ", "US")],
    "events_api.list_events": [f"?limit=100&offset={offset}" for offset in (0, 100)],
    "programme.programme": [
        "",
        "?month=2021-09",
        "?month=2024-05",
        "?month=2026-10",
        "?month=2026-12",
        "?lang=en",
    ],
    "programme.programme_agenda": ["", "?when=past", "?when=past&page=2", "?lang=en"],
    "directory.roster": ["", "?search=kxq", "?to_confirm=1", "?page=2"],
}
QUERY_OF = {"turnover_api.coverage": "?country=HN&on=2026-11-24"}
"""What an address cannot do without."""
COUNTRIES = {"country", "country_code"}
BY_COUNTRY = ("turnover", "declared", "directory", "who_is_who", "national.", "writing.")


@dataclass(frozen=True)
class Page:
    endpoint: str
    path: str
    status: int
    text: str


def text_of(answer: TestResponse) -> str:
    """Lower case, with the folded lines of calendars joined again (RFC 5545 §3.1)."""
    return answer.get_data().decode("utf-8", "replace").replace("\r\n ", "").casefold()


def objects_in(app: Flask, *, certificates: Iterable[str] = ()) -> dict[str, list[str]]:
    """The values that each name in an address can have. Of certificates those named and one more;
    of events and attempts one of each sort, because two that differ only in title and day, or in
    whose of a country they are, lead to the same questions.
    """
    with app.app_context(), reading() as db:
        return _objects_in(db, list(certificates))


def _objects_in(db: Session, certificates: list[str]) -> dict[str, list[str]]:
    countries = [*db.scalars(select(Country.code).order_by(Country.code)), "hn", "XX"]
    return {
        "event_id": one_of_each(db),
        "country_code": countries,
        "country": countries,
        "code": certificates or list(db.scalars(select(Certificate.code).limit(1))),
        "attempt_id": _one_attempt_of_each(db),
        "group": list(db.scalars(select(WorkingGroup.slug))),
        "module_slug": sorted(set(db.scalars(select(Module.slug)))),
        "unit_code": _one_of_each_kind(db),
        "screen": ["1", "2"],
        "position": ["1"],
    }


def _one_attempt_of_each(db: Session) -> list[str]:
    """The first attempt of each country that is open, that was passed and that was not."""
    attempts = (
        select(Attempt.id, Person.country_code, Attempt.submitted_at.is_(None), Attempt.is_passed)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .order_by(Attempt.started_at, Attempt.id)
    )
    found: dict[object, str] = {}
    for attempt, *sort in db.execute(attempts):
        found.setdefault(tuple(sort), str(attempt))
    return list(found.values())


def _one_of_each_kind(db: Session) -> list[str]:
    """The first unit of each kind in the first modules, and one of the second modules."""
    of_first = db.execute(
        select(func.min(Unit.code)).where(Unit.code.startswith("M1-")).group_by(Unit.kind)
    )
    return sorted([*of_first.scalars(), "M2-L1"])


def one_of_each(db: Session) -> list[str]:
    """The first event of each kind, status, phase and secrecy. Those without a date last, which the
    databases would sort differently.
    """
    found: dict[object, str] = {}
    for event in db.scalars(select(Event).order_by(Event.starts_at.desc().nulls_last(), Event.id)):
        sort = (
            event.kind,
            event.status,
            phase_of_event(event, clock.now()),
            event.starts_at is None,
            event.is_confidential,
        )
        found.setdefault(sort, str(event.id))
    return list(found.values())


def addresses(
    app: Flask,
    known: dict[str, list[str]],
    usual: Objects,
    *,
    most_of: Callable[[str, str], int] = lambda _endpoint, _kind: 0,
    turn: int = 0,
) -> Iterator[tuple[str, str]]:
    """Each address that can be read, with its endpoint. An address is filled with so many values of a name as
    `most_of` its endpoint and kind allows, which differ from endpoint to endpoint and from turn to
    turn; with all of them where that is 0.
    """
    for endpoint, method, rule in routes(app):
        if method != "GET" or is_of_the_other_origin(app, endpoint):
            continue
        names = sorted(rule.arguments)
        default = values_for(rule, usual)
        kinds = {name: _kind(rule, name) for name in names}
        choices = (
            _some(known.get(kind, [default[name]]), most_of(endpoint, kind), endpoint, turn)
            for name, kind in kinds.items()
        )
        for values in product(*choices):
            given = dict(zip(names, values, strict=True))
            if is_of_another_module(given):
                continue
            path = filled(rule, given)
            for query in QUERIES.get(endpoint, [""]):
                yield endpoint, path + query


def _some(values: list[str], most: int, endpoint: str, turn: int) -> list[str]:
    """All where `most` is 0, else consecutive ones, beginning where the endpoint's name says and the turn before ended:
    together the endpoints meet all, and so do the turns at one endpoint.
    """
    if not most:
        return values
    first = (zlib.crc32(endpoint.encode()) + turn * most) % max(1, len(values))
    return (values[first:] + values[:first])[:most]


def is_of_the_other_origin(app: Flask, endpoint: str) -> bool:
    """True for what runs a stranger's scripts on an origin of its own, under a policy of its own;
    tests/training/packages looks at it.
    """
    return bool(getattr(app.view_functions[endpoint], "on_content_origin", False))


def is_of_another_module(given: dict[str, str]) -> bool:
    """True for a unit's code beside the address of another module. One such pair stays, to see it
    refused.
    """
    module, unit = given.get("module_slug", ""), given.get("unit_code", "")
    return bool(module and unit) and f"M{int(module[:2])}" not in (unit.partition("-")[0], "M2")


def _kind(rule: Rule, name: str) -> str:
    """What a name in an address stands for: `code` is a country's here and a certificate's
    there.
    """
    if name == "code" and (
        rule.endpoint.startswith(BY_COUNTRY) or rule.endpoint in NAMES_OF_COUNTRIES
    ):
        return "country"
    return "group" if rule.endpoint == "programme.group_feed" else name


class Guard:
    """What the policies that routes declare say of a reader. They are asked before the view: of
    whoever they turn away nothing in the address, the query or the body is looked at.
    """

    def __init__(self, app: Flask, who: str) -> None:
        self._views = app.view_functions
        self._actor = NOBODY if who == ANONYMOUS else actor_of(app, who)

    def lets_in(self, endpoint: str, method: str = "GET") -> bool:
        policy = policy_of(self._views[endpoint])
        actor = self._actor.as_reader() if method in READING else self._actor
        return policy is not None and policy(actor)


def crawl(app: Flask, who: str, pages: Iterable[tuple[str, str]]) -> Iterator[Page]:
    """Each answer as it comes; none is an error of the server, lacks a header or holds what runs
    without leave.
    """
    client = app.test_client()
    headers = {} if who == ANONYMOUS else bearer(app, who)
    if who != ANONYMOUS:
        sign_in(client, who)
    for endpoint, path in pages:
        is_api = path.startswith("/api/")
        answer = client.get(path, headers=headers if is_api else None)
        what = f"GET {path} as {who}: {answer.status_code}"
        assert answer.status_code < 500, what
        wrong = faults(answer, is_personal=who != ANONYMOUS)
        assert not wrong, f"{what}: {wrong}"
        yield Page(endpoint, path, answer.status_code, text_of(answer))


class Door:
    """Gives clients of one reader, each as it is right after signing in. Signing in anew for each
    request would cost as much as the request.
    """

    def __init__(self, app: Flask, who: str) -> None:
        self._app, self._who, self._key = app, who, ""
        self.headers = {} if who == ANONYMOUS else bearer(app, who)

    def client(self, endpoint: str) -> FlaskClient:
        """For a request to the endpoint; those of identity may end the session that they get."""
        client, name = self._app.test_client(), self._app.config["SESSION_COOKIE_NAME"]
        if self._who == ANONYMOUS:
            return client
        ends = endpoint.startswith("identity")
        if self._key and not ends:
            client.set_cookie(name, self._key)
            return client
        sign_in(client, self._who)
        cookie = client.get_cookie(name)
        assert cookie is not None
        self._key = "" if ends else cookie.value
        return client


@dataclass(frozen=True)
class Visit:
    """What a route answered at its usual address. `nonce` is "" of what has a policy of its own:
    drawings, which run nothing, and the other origin.
    """

    endpoint: str
    rule: str
    status: int
    location: str
    nonce: str


NOWHERE = ("/no-such-page", "/api/v1/none")
"""Addresses without a route, of a page and of the API."""


def walked(app: Flask, who: str, usual: Objects) -> list[Visit]:
    """Every GET route at its usual address, as one reader. Every test of a run begins with the same
    data, so each reader walks once, for all tests that look at these answers.
    """
    return [Visit(**one) for one in json.loads(_walk_once(app, who, usual).read_text())]


def pages_walked(app: Flask, who: str, usual: Objects) -> list[Page]:
    """The answers of that walk with their texts."""
    texts = _walk_once(app, who, usual).with_suffix(".texts")
    return [Page(*page) for page in json.loads(texts.read_text())]


def forms_met(app: Flask, who: str, usual: Objects) -> dict[str, Form]:
    """The forms on the pages of that walk, by method and address. Few readers are asked for theirs,
    and reading them costs a fifth of the walk: each is read when it is asked for.
    """

    def read(target: Path) -> None:
        sources = _walk_once(app, who, usual).with_suffix(".forms")
        found: dict[str, Form] = {}
        for path, source in json.loads(sources.read_text()):
            for where, form in _forms_in(path, source):
                found.setdefault(where, form)
        target.write_text(json.dumps({where: asdict(form) for where, form in found.items()}))

    kept = json.loads(session.once(f"forms-{who}.json", read).read_text())
    return {
        where: Form(form["action"], form["method"], [tuple(pair) for pair in form["fields"]])
        for where, form in kept.items()
    }


def _walk_once(app: Flask, who: str, usual: Objects) -> Path:
    def walk(target: Path) -> None:
        visits, pages, forms = _walked(app, who, usual)
        target.with_suffix(".texts").write_text(json.dumps([astuple(page) for page in pages]))
        target.with_suffix(".forms").write_text(json.dumps(forms))
        target.write_text(json.dumps([asdict(visit) for visit in visits]))

    return session.once(f"routes-{who}.json", walk)


FORMS = re.compile(r"<form\b.*?</form>", re.DOTALL)


def _walked(
    app: Flask, who: str, usual: Objects
) -> tuple[list[Visit], list[Page], list[tuple[str, str]]]:
    """Visits, pages, and forms as they stand in the pages, with the address of the page."""
    visits, pages, forms = [], [], []
    door = Door(app, who)
    wanted = [(path, "", path) for path in NOWHERE]
    wanted += [
        (address(rule, usual) + QUERY_OF.get(endpoint, ""), endpoint, rule.rule)
        for endpoint, method, rule in routes(app)
        if method == "GET"
    ]
    for path, endpoint, rule in wanted:
        headers = door.headers if path.startswith("/api/") else None
        answer = door.client(endpoint).get(path, headers=headers)
        what = f"GET {path} as {who}: {answer.status_code}"
        is_ours = not (endpoint and is_of_the_other_origin(app, endpoint))
        if is_ours:
            wrong = faults(answer, is_personal=who != ANONYMOUS)
            assert not wrong, f"{what}: {wrong}"
            pages.append(Page(endpoint, path, answer.status_code, text_of(answer)))
        policy = CSP.fullmatch(answer.headers.get("Content-Security-Policy", ""))
        visits.append(
            Visit(
                endpoint,
                rule,
                answer.status_code,
                answer.headers.get("Location", ""),
                policy["nonce"] if policy else "",
            )
        )
        if is_ours and answer.mimetype == "text/html":
            forms += [(path, source) for source in FORMS.findall(answer.get_data(as_text=True))]
    return visits, pages, forms


def _forms_in(path: str, source: str) -> Iterator[tuple[str, Form]]:
    for form in Document(source).forms:
        form.action = (form.action or path).partition("?")[0]
        if form.action != "/sign-out":
            yield f"{form.method} {form.action}", form
