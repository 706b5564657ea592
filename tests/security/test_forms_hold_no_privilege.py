"""Mass assignment: every form, sent with every column of account, role, person and event, changes
none of them.

Only what its reader may send at all is sent: test_matrix holds who may, test_no_500 that a refusal
writes nothing.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from app.infra.database import reading
from app.infra.orm import Base
from app.people.directory.models import Appointment, Membership, Person
from app.people.identity.models import Account, RoleGrant
from app.planning.events.models import Event
from tests.security.crawl import Door, forms_met
from tests.security.html import Form
from tests.security.matrix import ANONYMOUS, TRUTH
from tests.security.watched import Watched
from tests.security.world import FINAL, Objects, address, built, copied, copy_in, routes
from tests.support.actors import sign_in

PRIVILEGED: tuple[type[Base], ...] = (Account, RoleGrant, Person, Event, Membership, Appointment)
WANTED = {
    "role": "organizer",
    "scope": "",
    "valid_from": "2020-01-01",
    "valid_until": "2099-01-01",
    "account_id": "1",
    "person_id": "1",
    "id": "1",
    "active": "0",
    "email": "mine@example.org",
    "fs_uniquifier": "x",
    "password": "x",
    "country_code": "GT",
    "full_name": "Otra Persona",
    "sort_key": "otra",
    "is_confidential": "1",
    "status": "published",
    "created_by": "1",
    "sequence": "99",
    "published_at": "2020-01-01T00:00:00+00:00",
    "kind": "congress",
    "sex": "M",
    "capacity": "1",
    "join_url": "https://evil.example",
    "actor": "1",
    "is_admin": "1",
    "roles": "organizer",
}
OWN = {
    "access.block": {("account", "active"), ("account", "fs_uniquifier")},
    "merging.undo": {("person", "email"), ("person", "merged_into_id")},
    "access.take_role": {("role_grant", "valid_until")},
    "identity.change_preferences": {("person", "language"), ("person", "timezone")},
    "directory.answer_roster": {
        ("appointment", name)
        for name in ("valid_until", "end_reason", "end_recorded_on", "confirmed_on", "doubted_on")
    },
    "directory.undo_departure": {
        ("appointment", name)
        for name in ("valid_until", "end_reason", "end_recorded_on", "confirmed_on", "doubted_on")
    },
    "directory.receive_note": {("appointment", "note_received_on")},
    "protecting.person": {
        ("person", name)
        for name in (
            *("full_name", "sort_key", "email"),
            *("withheld", "withheld_name", "withheld_key", "withheld_email"),
        )
    },
    "identity.change_password": {
        ("account", name) for name in ("password", "password_set_at", "fs_uniquifier")
    },
    "directory.designate_person": {
        ("membership", name)
        for name in ("id", "working_group_id", "person_id", "role", "valid_from", "valid_until")
    },
}
"""What a form is for: nothing else of its reader's may change, and nothing of anybody else."""
NOT_SENT = ("identity.sign_in_as_persona", "identity.sign_in_with_link", *FINAL)
"""Closing an account changes all of it, and the next sign-in would make another."""
Rows = dict[tuple[str, object], tuple[tuple[str, ...], tuple[object, ...]]]
READERS = ("official-hn", "focal-point-hn", ANONYMOUS)


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


def state(connection: sqlite3.Connection) -> Rows:
    """Every privileged row with the names of its columns, by table and key."""
    rows: Rows = {}
    for table in (model.__tablename__ for model in PRIVILEGED):
        found = connection.execute(f"SELECT * FROM {table}")
        names = tuple(column[0] for column in found.description)
        key = names.index("id")
        rows |= {(table, row[key]): (names, row) for row in found}
    return rows


def changes(before: Rows, now: Rows) -> set[tuple[str, str]]:
    """Table and column of each cell that is not what it was; of a new row or one gone, all."""
    found = set()
    for key in before.keys() | now.keys():
        if before.get(key) != now.get(key):
            (names, old), (_, new) = before.get(key) or now[key], now.get(key) or before[key]
            is_whole = key not in before or key not in now
            found |= {
                (key[0], name)
                for name, one, other in zip(names, old, new, strict=True)
                if is_whole or one != other
            }
    return found


def columns() -> set[str]:
    return {column.key for model in PRIVILEGED for column in model.__table__.columns}


@pytest.mark.parametrize("who", READERS)
def test_no_form_changes_what_it_does_not_ask(
    who: str, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    file, objects = world
    sent = {**dict.fromkeys(columns(), "1"), **WANTED}
    wrong = []
    with copied(file, tmp_path) as app, closing(Watched(copy_in(tmp_path), state)) as watched:
        forms, door = forms_met(app, who, objects), Door(app, who)
        known = watched.now()
        for endpoint, method, rule in routes(app):
            if method == "GET" or who not in TRUTH[endpoint] or endpoint in NOT_SENT:
                continue
            where = f"{method} {address(rule, objects)}"
            send(door, endpoint, where, sent, forms.get(where))
            before, known = known, watched.now()
            if before is known:
                continue
            wrong += [
                f"{method} {rule.rule}: {change}"
                for change in changes(before, known) - OWN.get(endpoint, set())
            ]
    assert not wrong, "\n".join(sorted(wrong))


def send(door: Door, endpoint: str, where: str, sent: dict[str, str], form: Form | None) -> None:
    """In the body and in the query, beside what the form itself holds."""
    client = door.client(endpoint)
    method, path = where.split(" ", 1)
    if path.startswith("/api/"):
        answer = client.open(
            path, method=method, json=sent, query_string=sent, headers=door.headers
        )
    else:
        shown = dict(form.fields) if form else {}
        answer = client.open(path, method=method, data={**sent, **shown}, query_string=sent)
    assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"


def test_a_convenor_plans_what_the_form_asks_and_no_more(
    world: tuple[Path, Objects], tmp_path: Path
) -> None:
    """Status, author, sequence and the instants of publication are not hers to send."""
    file, _ = world
    sent = {
        **WANTED,
        "kind": "webinar",
        "title_es": "Prueba",
        "title_en": "Trial",
        "on": "2028-03-06",
        "start": "10:00",
        "end": "11:00",
        "timezone": "America/Costa_Rica",
        "groups": "protection",
        "mode": "online",
        "join_url": "",
        "action": "save",
        "capacity": "20",
    }
    with copied(file, tmp_path) as app:
        client = app.test_client()
        actor = sign_in(client, "convenor-protection")
        answer = client.post("/events/plan", data=sent)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        with app.app_context(), reading() as db:
            event = db.scalars(select(Event).order_by(Event.created_at.desc()).limit(1)).one()
    assert (event.status, event.published_at, event.sequence) == ("draft", None, 0)
    assert event.created_by == actor.account_id
    assert str(event.id) != "1"
