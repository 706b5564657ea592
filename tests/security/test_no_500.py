"""Hostile input at every door: no server error, no echo of a script, nothing half-written.

The full product of routes, fields, values and readers would take minutes; a seeded choice of it is
asked here. In it is every route × method for the reader who may most, and for one of the three
others whom it lets in: with an odd value at each place of its address, an odd header, an odd query,
and odd values of the names that it reads in a query. `SEED` makes it again.
"""

import json
import random
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from itertools import zip_longest
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.people.directory.models import Person
from app.people.identity.services.accounts import create_account
from app.people.identity.services.roles import grant_role
from tests.security.crawl import Guard, forms_met
from tests.security.html import Form
from tests.security.matrix import ANONYMOUS
from tests.security.watched import Watched
from tests.security.world import (
    Objects,
    address,
    built,
    copied,
    copy_in,
    filled,
    routes,
    values_for,
)
from tests.support.actors import LONG_AGO, PERSONAS, bearer, csrf_token, sign_in

SEED, FIELDS = 20261124, 12
READERS = ("organizer", "focal-point-hn", "official-hn", ANONYMOUS)
TOKENS = {"csrf_token", "form_token"}
"""Hidden fields of every form, which one function reads whatever the form: they are attacked in the
first forms of a reader.
"""
FORMS_FOR_TOKENS = 8
LEAST = {"organizer": 300, "focal-point-hn": 30, "official-hn": 10, ANONYMOUS: 5}
"""How many requests the test of forms makes at least: there were forms to attack."""
COUNTED = (
    "event",
    "registration",
    "appointment",
    "attendance",
    "journal_entry",
    "claim",
    "person",
    "role_grant",
)
SCRIPT = "<script>alert(1)</script>"
TEXTS = (
    SCRIPT,
    '"><script>alert(1)</script>',
    "{{7*7}}{%raw%}${7*7}",
    "\x00",
    "a\x00b",
    "x" * 100_000,
    "👩🏽‍⚖️ ﷽ ẞ İ",
    "\ud83d",
    "\u202eabc\u2066",
    "\u2028\u2029\r\nX: y",
    "-1",
    "0",
    "1" * 400,
    "²",
    "٣",
    "1e309",
    "NaN",
    "' OR 1=1 --",
    "%",
    "../../x",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "24:00",
    "",
    " ",
    "\ufeff",
    "=1+1",
    "null",
    "[]",
)
IN_PATHS = (
    "0",
    "-1",
    "9" * 30,
    "%00",
    "a%00b",
    "%F0%9F%91%A9",
    "%ED%A0%BD",
    "%FF",
    "x" * 10_000,
    "..%2F..",
    "%C2%B2",
    "00000000-0000-0000-0000-000000000000",
    quote(SCRIPT),
    "%0d%0aX:y",
    "{{7*7}}",
    " ",
    "HN",
    "zz",
)
QUERIES = (
    "month=0001-01",
    "month=9999-12",
    "month=0000-00",
    "month=2026-13",
    "month=x",
    "month=" + "9" * 5000,
    "month=%D9%A2026-01",
    "page=-1",
    "page=99999999999",
    "page=" + "9" * 5000,
    "page=%00",
    "page=1e9",
    "lang=xx",
    "lang=%00",
    "when=past&page=10000",
    "group=protection&" * 500,
    "next=//evil.example",
    "next=%5C%5Cevil",
    "search=" + "%25_%5C" * 50,
    "search=%00",
    "search=%F0%9F%91%A9%E2%80%AE",
    "search=" + quote(SCRIPT),
    "code=" + quote(SCRIPT),
    "endpoint=x",
    "_method=x&_external=1&_scheme=x&_anchor=x&self=x&values=x",
    "code=" + "A" * 10_000,
    "country=HN&on=0001-01-01",
    "country=HN&on=9999-12-31",
    "country=HN&on=2026-02-30",
    "country=%00&on=%00",
    "from=2026-01-01T00:00:00&to=x",
    "from=9999-12-31T23:59:59-12:00",
    "from=0001-01-01T00:00:00%2B14:00",
    "limit=-1",
    "limit=1e3&offset=99999999999999999999",
    "%FF=%FF",
    "review=1&to_confirm=%00",
    "from=2026-01-01T00:00:00Z&working_group=" + "x" * 61,
    "country=HN&on=%D9%A2%D9%A0%D9%A2%D9%A6-01-01",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Language": "x" * 5000},
    {"Accept-Language": ";q=,;;q=nan,*;q=inf,es;q=-1"},
    {"Accept-Language": "\xff\xfe"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer \xff\x00"},
    {"Authorization": "Basic Og=="},
    {"Authorization": "Bearer " + "x" * 9000},
    {"Authorization": "\xe9"},
    {"If-None-Match": '"'},
    {"If-None-Match": 'W/,"\xff'},
    {"If-Modified-Since": "Thu, 99 Foo 99999 99:99:99 GMT"},
    {"Range": "bytes=9-1,-"},
    {"Accept-Encoding": "gzip;q=x,br;q=nan"},
    {"Cookie": "session=x.y.z; language=\xff"},
    {"Cookie": "session=" + "e" * 4000},
    {"Cookie": "=;=;;\x01=\xff"},
    {"Cookie": "language=<script>"},
    {"X-Forwarded-For": "\xff, ::g"},
    {"Accept": "*/*;q=x"},
    {"Origin": "http://[bad"},
    {"Referer": "https://[bad"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Content-Type": "application/json; charset=x"},
    {"Sec-Fetch-Site": "\xff"},
    {"HX-Request": "true"},
)
BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"NaN",
    b"\xff\xfe",
    b"{" * 100_000,
    b"[" * 100_000,
    b'{"a":' * 5000,
    b'{"\\ud800":1}',
    b'{"kind":1}',
)
VALUES: tuple[Any, ...] = (
    None,
    [],
    {},
    10**400,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    True,
    "a\x00b",
    "\ud83d",
    1_790_000_000,
    "1790000000",
    "2026-12-01T10:00:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "x" * 100_000,
    [None],
    [[]],
    [{}],
    {"es": None},
    {"es": 1, "en": []},
    ["protection"] * 300,
    [2**63],
    [-1],
    [10**30],
    SCRIPT,
    "2027-01-01T10:00:00.5-06:00",
    "2027-03-01T25:00:00-06:00",
    {"es": "\x00", "en": ""},
    "2027-W01-1T10:00:00Z",
)
PIECE_BY_PIECE = ("/events/translations",)
"""Pages of several forms, one for each event, that are sent together: those that are sound are
saved, and the others come back with 422 (tests/planning/arranging/test_several.py).
"""
FOUND = re.compile(r'<li><a href="([^"]+)"')
RAW = re.compile(rb"<script>alert", re.IGNORECASE)


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


def counted(connection: sqlite3.Connection) -> tuple[int, ...]:
    return tuple(
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED
    )


class Attacker:
    """Sends, and keeps what went wrong. Counts rows around what is refused."""

    def __init__(self, app: Flask, who: str, file: Path) -> None:
        self.app, self.who = app, who
        self.counts = Watched(file, counted)
        self.wrong: list[str] = []
        self.known: set[object] = set()
        self.client = app.test_client()
        self.bearer = {} if who == ANONYMOUS else bearer(app, who)
        self.enter()

    def enter(self) -> None:
        self.client = self.app.test_client()
        if self.who != ANONYMOUS:
            sign_in(self.client, self.who)

    def meets_a_route(self, method: str, path: str) -> bool:
        with self.app.test_request_context(path, method=method) as context:
            return context.request.routing_exception is None

    def is_new(self, *what: object) -> bool:
        """Of an address that meets no route: one answer is made for all of them."""
        is_known = what in self.known
        self.known.add(what)
        return not is_known

    def send(self, method: str, path: str, **given: Any) -> TestResponse | None:
        told = str(given)[:300]
        headers = {**(self.bearer if path.startswith("/api/") else {}), **given.pop("headers", {})}
        before = self.counts.now() if method != "GET" else ()
        try:
            answer = self.client.open(path, method=method, headers=headers, **given)
        except UnicodeError as not_sendable:
            self.wrong.append(f"{method} {path[:80]}: cannot be sent: {not_sendable}")
            return None
        what = f"{method} {path[:120]} {told} as {self.who}: {answer.status_code}"
        if answer.status_code >= 500:
            self.wrong.append(what)
        if answer.mimetype == "text/html" and RAW.search(answer.get_data()):
            self.wrong.append(f"{what}: echoes the script")
        is_refused = 400 <= answer.status_code < 500 and path not in PIECE_BY_PIECE
        if before and is_refused and self.counts.now() != before:
            self.wrong.append(f"{what}: half-written {before} {self.counts.now()}")
        return answer


@pytest.fixture
def attack(
    world: tuple[Path, Objects], tmp_path: Path
) -> Iterator[tuple[Any, Objects, random.Random]]:
    file, objects = world
    with copied(file, tmp_path) as app:
        app.config["PROPAGATE_EXCEPTIONS"] = False

        def make(who: str) -> Attacker:
            attackers.append(Attacker(app, who, copy_in(tmp_path)))
            return attackers[-1]

        attackers: list[Attacker] = []
        yield make, objects, random.Random(SEED)
        for attacker in attackers:
            attacker.counts.close()


def ends_session(endpoint: str) -> bool:
    return endpoint.startswith("identity") and endpoint != "identity_api.me"


@pytest.mark.parametrize("who", READERS)
def test_addresses_queries_and_headers(who: str, attack: Any) -> None:
    make, objects, chance = attack
    attacker = make(who)
    guards = {reader: Guard(attacker.app, reader) for reader in READERS[1:]}
    with names_read(attacker.app) as always:
        attacker.send("GET", "/no-such-page")
    heeded = 0
    for endpoint, method, rule in routes(attacker.app):
        if who not in (READERS[0], weaker_reader(guards, endpoint, method)):
            continue
        body: dict[str, Any] = (
            {"json": {}} if rule.rule.startswith("/api/") and method in ("POST", "PATCH") else {}
        )
        for path, odd_value in hostile_paths(rule, objects, chance):
            if attacker.meets_a_route(method, path) or attacker.is_new(method, odd_value):
                attacker.send(method, path, **body)
        usual, headers, odd = address(rule, objects), chance.choice(HEADERS), chance.choice(QUERIES)
        with names_read(attacker.app) as read:
            beside = {} if turns_away(headers, method, usual) else headers
            if not beside:
                attacker.send(method, usual, headers=headers, **body)
            attacker.send(method, f"{usual}?{odd}", headers=beside, **body)
        fitting = [query for query in QUERIES if query.partition("=")[0] in read - always]
        heeded += bool(fitting)
        for query in chance.sample(fitting, min(2, len(fitting))):
            attacker.send(method, f"{usual}?{query}", **body)
        if ends_session(endpoint) or "Cookie" in str(headers):
            attacker.enter()
    assert heeded > 5 or who != READERS[0]
    assert not attacker.wrong, "\n".join(attacker.wrong[:20])


def turns_away(headers: dict[str, str], method: str, path: str) -> bool:
    """Whether a header is answered before any query is read: it says who asks, or from where
    something is sent.
    """
    names = {"Authorization"} if path.startswith("/api/") else {"Cookie"}
    if method != "GET":
        names |= {"Origin", "Referer", "Sec-Fetch-Site"}
    return bool(names & headers.keys())


def weaker_reader(guards: dict[str, Guard], endpoint: str, method: str) -> str:
    """One of those whom the route's policy lets in. Where it turns all of them away, which it does
    before it looks at anything that was sent, one route in five is asked all the same.
    """
    number = zlib.crc32(endpoint.encode())
    may = [who for who, guard in guards.items() if guard.lets_in(endpoint, method)]
    if may:
        return may[number % len(may)]
    return list(guards)[number // 5 % len(guards)] if number % 5 == 0 else ""


def hostile_paths(
    rule: Rule, objects: Objects, chance: random.Random
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each with the odd value in it, and the converter that reads the value."""
    usual = values_for(rule, objects)
    converters = {name: kind for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)}
    for name in sorted(converters):
        value = chance.choice(IN_PATHS)
        yield filled(rule, {**usual, name: value}), (converters[name], value)


@contextmanager
def names_read(app: Flask) -> Iterator[set[str]]:
    """The names that the application looks up in queries and forms within the block."""
    read: set[str] = set()

    class Heard(ImmutableMultiDict[str, str]):
        def __getitem__(self, key: str) -> str:
            read.add(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            read.add(str(key))
            return super().__contains__(key)

        def getlist(self, key: str, *given: Any, **named: Any) -> Any:
            read.add(key)
            return super().getlist(key, *given, **named)

    class Listening(app.request_class):  # type: ignore[name-defined]  # the application's own
        parameter_storage_class = Heard

    with patch.object(app, "request_class", Listening):
        yield read


@pytest.mark.parametrize("who", READERS)
def test_every_field_of_every_form(who: str, attack: Any) -> None:
    make, objects, chance = attack
    attacker = make(who)
    asked, known = 0, forms_of_stronger_readers(attacker.app, who, objects)
    for number, (kind, form) in enumerate(forms_by_kind(attacker.app, who, objects).items()):
        if kind in known:
            continue
        names = sorted({name for name, _ in form.fields})
        own = [name for name in names if name not in TOKENS]
        if number >= FORMS_FOR_TOKENS:
            names = own or names[:1]
        chosen = chance.sample(names, min(len(names), FIELDS))
        for name, other in zip_longest(chosen[::2], chosen[1::2], fillvalue=""):
            for change in hostile_changes(form.fields, name, other, chance):
                asked += 1
                attacker.send(
                    form.method,
                    form.action,
                    data=urlencode(change, errors="surrogatepass"),
                    headers={"Content-Type": "application/x-www-form-urlencoded"},
                )
        if "/sign-" in form.action or "/account" in form.action:
            attacker.enter()
    assert asked > LEAST[who]
    assert not attacker.wrong, "\n".join(attacker.wrong[:20])


Kind = tuple[str, ...]


def forms_by_kind(app: Flask, who: str, objects: Objects) -> dict[Kind, Form]:
    """The first form of each kind that the reader meets: the same view reads the same fields."""
    found: dict[Kind, Form] = {}
    addresses = app.url_map.bind("localhost")
    for form in forms_met(app, who, objects).values():
        try:
            door = addresses.match(form.action, method=form.method)[0]
        except HTTPException:
            door = form.action
        names = sorted({name for name, _ in form.fields})
        found.setdefault((form.method, door, *names), form)
    return found


def forms_of_stronger_readers(app: Flask, who: str, objects: Objects) -> set[Kind]:
    """Forms of the same kind, which are attacked as somebody who may do more: what reads their
    fields does not know who sent them.
    """
    return {
        kind
        for stronger in READERS[: READERS.index(who)]
        for kind in forms_by_kind(app, stronger, objects)
    }


def hostile_changes(
    fields: list[tuple[str, str]], name: str, other: str, chance: random.Random
) -> Iterator[list[tuple[str, str]]]:
    """An odd value in each of two fields; and, for half of the pairs, the first is missing, or
    there twice, or there by names that libraries read as lists.
    """
    value, beside = chance.sample(TEXTS, 2)
    yield [(key, value if key == name else beside if key == other else old) for key, old in fields]
    if chance.randrange(2) == 0:
        yield chance.choice(
            [
                [pair for pair in fields if pair[0] != name],
                [*fields, (name, "x"), (name, "y")],
                [*fields, (f"{name}[]", "x"), (f"{name}.x", "y")],
            ]
        )


def json_routes(app: Flask) -> list[tuple[str, str, Rule, list[str]]]:
    """Routes that take a body, with the members that the description of the API names."""
    description = app.test_client().get("/api/v1/openapi.json").get_json()
    found = []
    for endpoint, method, rule in routes(app):
        described = (
            description["paths"]
            .get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {})
            .get(method.lower(), {})
        )
        content = described.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            name = content["schema"]["$ref"].rpartition("/")[2]
            found.append(
                (
                    endpoint,
                    method,
                    rule,
                    sorted(description["components"]["schemas"][name]["properties"]),
                )
            )
    return found


def a_body(publish: bool = False) -> dict[str, Any]:
    return {
        "kind": "webinar",
        "title": {"es": "Prueba", "en": "Trial"},
        "starts_at": "2027-02-03T10:00:00-06:00",
        "ends_at": "2027-02-03T11:00:00-06:00",
        "working_groups": ["protection"],
        "publish": publish,
    }


@pytest.mark.parametrize("who", READERS)
def test_every_member_of_every_json_body(who: str, attack: Any) -> None:
    make, objects, chance = attack
    attacker = make(who)
    described, guard = json_routes(attacker.app), Guard(attacker.app, who)
    assert {method for _, method, _, _ in described} == {"POST", "PATCH"}
    for number, (endpoint, method, rule, members) in enumerate(described):
        if number and not guard.lets_in(endpoint, method):
            continue  # refused before the body is read, as of the first route is seen
        path = address(rule, objects)
        for body in BODIES:
            attacker.send(method, path, data=body, headers={"Content-Type": "application/json"})
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
            attacker.send(method, path, data=json.dumps(a_body()), headers={"Content-Type": kind})
        for member in members:
            for value in chance.sample(VALUES, 8 if who == "organizer" else 3):
                send_json(attacker, method, path, {**a_body(), member: value})
    assert not attacker.wrong, "\n".join(attacker.wrong[:20])


def send_json(attacker: Attacker, method: str, path: str, body: Any) -> None:
    attacker.send(method, path, data=json.dumps(body), headers={"Content-Type": "application/json"})


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.datetimes().map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["es", "en", "role", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
members = st.sampled_from(
    [
        "kind",
        "title",
        "summary",
        "starts_at",
        "ends_at",
        "timezone",
        "working_groups",
        "people",
        "links",
        "mode",
        "place",
        "join_url",
        "capacity",
        "is_confidential",
        "publish",
        "unknown",
    ]
)


def test_whatever_json_a_program_sends(attack: Any) -> None:
    make, objects, _ = attack
    attacker = make("organizer")

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(changed=st.dictionaries(members, anything, max_size=4), moves=st.booleans())
    def sent(changed: dict[str, Any], moves: bool) -> None:
        if moves:
            send_json(attacker, "PATCH", f"/api/v1/events/{objects['event_id']}", changed)
        else:
            send_json(attacker, "POST", "/api/v1/events", {**a_body(), **changed})
        assert not attacker.wrong, attacker.wrong

    sent()


@pytest.mark.parametrize("headers", [{"Origin": "http://[bad"}, {"Referer": "https://[bad"}])
def test_an_unreadable_origin_is_a_foreign_one(headers: dict[str, str], attack: Any) -> None:
    """Over HTTPS the token check reads the Referer as well, and would end in an error of its
    own.
    """
    make, objects, _ = attack
    attacker = make("official-hn")
    attacker.app.config["WTF_CSRF_ENABLED"] = True
    token = csrf_token(attacker.client)
    answer = attacker.send(
        "POST",
        f"/events/{objects['event_id']}/registrations",
        headers=headers,
        data={"csrf_token": token},
        base_url="https://localhost",
    )
    assert answer is not None
    assert answer.status_code in (400, 403)
    assert not attacker.wrong


NOBODY = "somebody@example.org"
"""An account without a person: its owner has not said yet who they are."""


@pytest.mark.parametrize("roles", [(), ((Role.ORGANIZER, ""), (Role.FOCAL_POINT, "HN"))])
def test_account_without_a_person_meets_no_error_of_the_server(
    roles: tuple[tuple[Role, str], ...], attack: Any
) -> None:
    """Every route whose policy lets the account in is asked once, as usual, and one in five of the
    others: what is missing is the person, not the form.
    """
    make, objects, _ = attack
    attacker = make(ANONYMOUS)
    with attacker.app.app_context(), transaction() as db:
        account_id = create_account(
            db, actor=SYSTEM, email=NOBODY, person_id=None, now=clock.now() - timedelta(hours=1)
        )
        for role, scope in roles:
            grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id,
                role=role,
                scope=scope,
                valid_from=LONG_AGO,
                now=clock.now(),
            )
    attacker.who, attacker.bearer = NOBODY, bearer(attacker.app, NOBODY)
    attacker.enter()
    guard = Guard(attacker.app, NOBODY)
    for endpoint, method, rule in routes(attacker.app):
        if zlib.crc32(endpoint.encode()) % 5 and not guard.lets_in(endpoint, method):
            continue
        path = address(rule, objects)
        attacker.send(method, path, **({"json": {}} if path.startswith("/api/") else {}))
        if ends_session(endpoint):
            attacker.enter()
    assert not attacker.wrong, "\n".join(attacker.wrong[:20])


@pytest.mark.parametrize("who", PERSONAS)
def test_every_hit_of_a_search_opens_for_whoever_found_it(who: str, attack: Any) -> None:
    """By names of people of every country, of events and lessons, and of pages."""
    make, _objects, _ = attack
    attacker = make(who)
    with attacker.app.app_context(), reading() as db:
        names: dict[str | None, str] = {}
        people = select(Person.country_code, Person.full_name).where(Person.is_guest.is_(False))
        for code, name in db.execute(people.order_by(Person.id)):
            names.setdefault(code, name)
    searched = [*names.values(), "Zúñiga", "migr", "protec", "lecci", "plan", "Zoom", "contraseña"]
    met: dict[str, int] = {}
    for words in searched:
        answer = attacker.send("GET", f"/search?q={quote(words)}")
        assert answer is not None
        assert answer.status_code == 200, attacker.wrong
        for path in FOUND.findall(answer.text.partition("<main")[2].partition("</main>")[0]):
            if path not in met:
                opened = attacker.send("GET", unescape(path))
                met[path] = opened.status_code if opened else 0
    assert len(met) > 5
    assert {path: status for path, status in met.items() if status not in (200, 302, 303)} == {}
