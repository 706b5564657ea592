"""Two of the office at once: an organizer always remains, and one connection, one first account, one
merge come of it. On both databases.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.office.merging.services import merge_people
from app.office.privacy.services import erase
from app.participation.meetings.models import MeetingConnection
from app.participation.meetings.services import connect
from app.people.access import services
from app.people.access.values import RoleSpan
from app.people.directory.services.institutions import (
    add_institution,
    change_institution,
    merge_institutions,
)
from app.people.identity import queries
from app.people.identity.models import Account, FirstKey, RoleGrant
from app.people.identity.queries import digest
from app.people.identity.services.inviting import make_first_account
from app.people.identity.services.roles import end_role
from app.planning.events.rules.joining import MeetingProvider
from app.wiring.personal import PERSONAL_DATA
from tests.security.test_races import kinds, together
from tests.support.actors import actor_of, an_account

pytestmark = pytest.mark.both_databases
Ways = dict[str, Callable[..., object]]


def in_one(do: Callable[..., object], **given: Any) -> Callable[[], object]:
    def task() -> object:
        with transaction() as db:
            return do(db, now=clock.now(), **given)

    return task


def organizers(app: Flask) -> set[int]:
    with app.app_context(), reading() as db:
        return set(queries.organizers(db, today=clock.today()).values())


def grant_of(app: Flask, account_id: int) -> int:
    held = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id, RoleGrant.valid_until.is_(None)
    )
    with app.app_context(), reading() as db:
        return db.scalars(held).one()


def taking(app: Flask, actor: Actor, other: Actor) -> Callable[[], object]:
    today = clock.today()
    grant_id, span = grant_of(app, other.account_id), RoleSpan(today, today)
    return in_one(
        services.take_role, actor=actor, account_id=other.account_id, grant_id=grant_id, span=span
    )


def blocking(_app: Flask, actor: Actor, other: Actor) -> Callable[[], object]:
    return in_one(services.block, actor=actor, account_id=other.account_id)


def erasing(_app: Flask, actor: Actor, other: Actor) -> Callable[[], object]:
    return in_one(erase, actor=actor, person_id=other.person_id, domains=PERSONAL_DATA)


def merging(app: Flask, actor: Actor, other: Actor) -> Callable[[], object]:
    with app.app_context(), reading() as db:
        account_id = db.scalars(select(Account.id).where(Account.email == "kept@example.org")).one()
        kept_id = db.get_one(Account, account_id).person_id
    return in_one(merge_people, actor=actor, kept_id=kept_id, gone_id=other.person_id)


@pytest.mark.parametrize(
    ("one_way", "other_way"),
    [(taking, taking), (blocking, erasing), (erasing, erasing), (merging, taking)],
)
def test_of_two_organizers_who_remove_each_other_one_remains(
    app: Flask, one_way: Callable[..., Any], other_way: Callable[..., Any]
) -> None:
    for number in (1, 2):
        an_account(app, f"chief{number}@example.org", roles=[(Role.ORGANIZER, "")])
    an_account(app, "kept@example.org")
    one, other = (actor_of(app, f"chief{number}@example.org") for number in (1, 2))
    results = together(app, [one_way(app, one, other), other_way(app, other, one)])
    assert kinds(results)["LastOrganizer"] == 1, results
    assert len(organizers(app)) == 1


def test_role_given_twice_at_once_is_held_once(app: Flask) -> None:
    organizer = actor_of(app, "organizer")
    account_id = an_account(app, "author@example.org")
    giving = in_one(
        services.give_role,
        actor=organizer,
        account_id=account_id,
        grant=Grant(Role.AUTHOR),
        span=RoleSpan(clock.today()),
    )
    assert kinds(together(app, [giving] * 4)) == {"int": 1, "RoleAlreadyHeld": 3}


def test_organizer_from_next_week_on_cannot_run_the_platform_today(app: Flask) -> None:
    her = actor_of(app, "organizer")
    later = an_account(app, "later@example.org", roles=[(Role.ORGANIZER, "")])
    with app.app_context(), transaction() as db:
        grant = db.get_one(RoleGrant, grant_of(app, later))
        grant.valid_from = clock.today() + timedelta(days=7)
    (refused,) = together(app, [taking(app, her, her)])
    assert kinds([refused]) == {"LastOrganizer": 1}
    ending = in_one(
        end_role, actor=SYSTEM, grant_id=grant_of(app, her.account_id), valid_until=clock.today()
    )
    assert kinds(together(app, [ending])) == {"LastOrganizer": 1}


def test_of_two_connections_made_at_once_one_remains(app: Flask) -> None:
    def connecting(provider: MeetingProvider) -> Callable[[], object]:
        given = {"sealed": "", "host": "office@example.org", "ending": ""}
        return in_one(connect, actor=SYSTEM, provider=provider, **given)

    both = (MeetingProvider.ZOOM, MeetingProvider.TEAMS)
    results = together(app, [connecting(one) for one in both * 3])
    assert results == [None] * 6
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(MeetingConnection.provider)).all()) == 1


@pytest.mark.parametrize("tokens", [("one", "one"), ("one", "two")])
def test_of_two_who_start_at_once_one_is_the_first_organizer(
    app: Flask, tokens: tuple[str, str]
) -> None:
    now = clock.now()
    with app.app_context(), transaction() as db:
        for token in set(tokens):
            lapses_at = now + timedelta(hours=1)
            db.add(FirstKey(token_sha256=digest(token), created_at=now, lapses_at=lapses_at))
    starts = [
        in_one(
            make_first_account,
            token=token,
            full_name=f"Ana {number}",
            email=f"ana{number}@example.org",
            language="es",
            hashed=None,
        )
        for number, token in enumerate(tokens)
    ]
    assert kinds(together(app, starts)) == {"int": 1, "FirstKeyNotValid": 1}
    assert len(organizers(app)) == 1


def test_institution_added_renamed_or_joined_twice_at_once_is_one(app: Flask) -> None:
    organizer = actor_of(app, "organizer")

    def name(text: str) -> LocalizedText:
        return LocalizedText(es=text)

    adding = in_one(
        add_institution,
        actor=organizer,
        country_code="HN",
        name=name("Migración"),
        kind="migration",
    )
    assert kinds(together(app, [adding] * 4)) == {"int": 1, "InvalidInput": 3}
    with app.app_context(), transaction() as db:
        ids = [
            add_institution(
                db,
                actor=organizer,
                country_code="HN",
                name=name(text),
                kind="other",
                now=clock.now(),
            )
            for text in ("Una", "Otra")
        ]
    renaming = [
        in_one(
            change_institution,
            actor=organizer,
            institution_id=number,
            name=name("Tercera"),
            kind="other",
        )
        for number in ids
    ]
    assert kinds(together(app, renaming)) == {"bool": 1, "InvalidInput": 1}
    joining = [
        in_one(merge_institutions, actor=organizer, keep_id=one, merged_id=other, on=clock.today())
        for one, other in (ids, ids[::-1])
    ]
    assert kinds(together(app, joining)) == {"int": 1, "InvalidInput": 1}
