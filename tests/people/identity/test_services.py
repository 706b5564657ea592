"""Use cases of identity."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.people.identity import queries
from app.people.identity.models import (
    Account,
    ApiToken,
    FeedToken,
    SignIn,
    SignInAttempt,
    SignInLink,
)
from app.people.identity.rules import (
    PER_ACCOUNT_AND_ADDRESS,
    AddressTaken,
    LinkNotValid,
    RevokedFeedToken,
    RoleAlreadyHeld,
    TooManyTries,
)
from app.people.identity.services import accounts, roles, sign_in, tokens
from app.people.identity.values import Door, SignInWay
from tests.security.test_races import together
from tests.support.actors import actor_of, an_account

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.both_databases


def service_account(email: str = "robot@example.org") -> int:
    with transaction() as db:
        return accounts.create_account(db, actor=SYSTEM, email=email, person_id=None, now=NOW)


def grants_on(account_id: int, day: date) -> frozenset[Grant]:
    with reading() as db:
        actor = queries.actor_of_account(db, account_id, day)
    assert actor is not None
    return actor.grants


def test_an_address_has_one_account(app: Flask) -> None:
    with app.app_context():
        service_account("Someone@Example.org")
        with pytest.raises(AddressTaken):
            service_account(" someone@example.org")
        with pytest.raises(InvalidInput) as refused:
            service_account("a@example.org, b@example.org")
    assert list(refused.value.errors) == ["email"]


def test_only_the_secretariat_makes_accounts_and_gives_roles(app: Flask) -> None:
    an_account(app, "target@example.org")
    for who in ("focal-point-hn", "official-gt", "presidency"):
        actor = actor_of(app, who)
        with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
            accounts.create_account(db, actor=actor, email="x@example.org", person_id=None, now=NOW)
        with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
            roles.grant_role(
                db,
                actor=actor,
                account_id=actor.account_id,
                role=Role.ORGANIZER,
                valid_from=TODAY,
                now=NOW,
            )
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        assert accounts.create_account(
            db, actor=organizer, email="x@example.org", person_id=None, now=NOW
        )


def test_roles_count_only_in_their_days(app: Flask) -> None:
    account_id = an_account(app, "dated@example.org")
    spans = [
        (Role.OFFICIAL, "HN", date(2025, 1, 1), TODAY),  # ended yesterday
        (Role.FOCAL_POINT, "HN", TODAY + timedelta(days=1), None),  # begins tomorrow
        (Role.CONVENOR, "protection", TODAY, TODAY + timedelta(days=1)),  # today only
    ]
    with app.app_context():
        with transaction() as db:
            for role, scope, first, end in spans:
                roles.grant_role(
                    db,
                    actor=SYSTEM,
                    account_id=account_id,
                    role=role,
                    scope=scope,
                    valid_from=first,
                    valid_until=end,
                    now=NOW,
                )
        assert grants_on(account_id, TODAY) == {Grant(Role.CONVENOR, "protection")}
        assert grants_on(account_id, TODAY - timedelta(days=1)) == {Grant(Role.OFFICIAL, "HN")}
        assert grants_on(account_id, TODAY + timedelta(days=1)) == {Grant(Role.FOCAL_POINT, "HN")}


def test_a_role_is_not_held_twice_and_ends_when_told(app: Flask) -> None:
    account_id = an_account(app, "twice@example.org")
    with app.app_context():
        with transaction() as db:
            grant_id = roles.grant_role(
                db, actor=SYSTEM, account_id=account_id, role=Role.AUTHOR, valid_from=TODAY, now=NOW
            )
        with transaction() as db, pytest.raises(RoleAlreadyHeld):
            roles.grant_role(
                db, actor=SYSTEM, account_id=account_id, role=Role.AUTHOR, valid_from=TODAY, now=NOW
            )
        assert grants_on(account_id, TODAY) == {Grant(Role.AUTHOR)}
        with transaction() as db:
            roles.end_role(db, actor=SYSTEM, grant_id=grant_id, valid_until=TODAY, now=NOW)
        assert grants_on(account_id, TODAY) == frozenset()
        with transaction() as db, pytest.raises(InvalidInput):
            roles.grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id,
                role=Role.AUTHOR,
                valid_from=TODAY,
                valid_until=TODAY,
                now=NOW,
            )
        with transaction() as db, pytest.raises(InvalidInput):
            roles.grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id,
                role=Role.FOCAL_POINT,
                scope="XX",
                valid_from=TODAY,
                now=NOW,
            )


def test_a_link_works_once_and_for_fifteen_minutes(app: Flask) -> None:
    with app.app_context():
        account_id = service_account()
        with transaction() as db:
            token, late = (
                sign_in.issue_sign_in_link(db, account_id=account_id, now=NOW) for _ in range(2)
            )
        with transaction() as db:
            assert (
                sign_in.use_sign_in_link(db, token=token, now=NOW + timedelta(minutes=14))
                == account_id
            )
        for spent, at in (
            (token, NOW),
            (late, NOW + timedelta(minutes=15)),
            ("nonsense", NOW),
            ("\udcff", NOW),
        ):
            with transaction() as db, pytest.raises(LinkNotValid):
                sign_in.use_sign_in_link(db, token=spent, now=at)


def test_two_clicks_at_once_give_one_session(app: Flask) -> None:
    with app.app_context():
        account_id = service_account()
        with transaction() as db:
            token = sign_in.issue_sign_in_link(db, account_id=account_id, now=NOW)

    def click() -> int:
        with transaction() as db:
            return sign_in.use_sign_in_link(db, token=token, now=NOW)

    clicks = together(app, [click] * 4)
    assert clicks.count(account_id) == 1
    assert sum(isinstance(one, LinkNotValid) for one in clicks) == 3


def test_no_secret_is_stored_and_none_stands_in_the_journal(app: Flask) -> None:
    with app.app_context():
        account_id = service_account()
        with transaction() as db:
            sign_in.request_sign_in_link(db, email="ROBOT@example.org", now=NOW)
            sign_in.request_sign_in_link(db, email="nobody@example.org", now=NOW)
            secrets = [
                sign_in.issue_sign_in_link(db, account_id=account_id, now=NOW),
                tokens.issue_api_token(db, account_id=account_id, label="x", now=NOW),
                tokens.issue_feed_token(db, account_id=account_id, now=NOW),
                sign_in.open_sign_in(db, account_id=account_id, way=SignInWay.LINK, now=NOW),
            ]
        with reading() as db:
            rows = [
                str(row)
                for table in (SignInLink, ApiToken, FeedToken, SignIn, JournalEntry)
                for row in db.execute(select(*table.__table__.c))
            ]
            asked = select(func.count()).where(JournalEntry.fact == "SignInLinkRequested")
            assert db.scalar(asked) == 1
        assert len(rows) > 6
        assert [secret for secret in secrets if any(secret in row for row in rows)] == []
        assert "robot@example.org" not in " ".join(rows)
        assert all(len(secret.removeprefix("convoca_")) == 43 for secret in secrets)


def test_a_calendar_address_is_unknown_in_force_or_withdrawn(app: Flask) -> None:
    with app.app_context():
        account_id = service_account()
        with transaction() as db:
            first = tokens.issue_feed_token(db, account_id=account_id, now=NOW)
            second = tokens.rotate_feed_token(db, account_id=account_id, now=NOW)
        with reading() as db:
            assert queries.feed_key(db, second).account_id == account_id
            with pytest.raises(RevokedFeedToken):
                queries.feed_key(db, first)
            with pytest.raises(NotFound):
                queries.feed_key(db, "x" * 43)
        with transaction() as db:
            accounts.close_account(db, actor=SYSTEM, account_id=account_id, now=NOW)
        with reading() as db, pytest.raises(RevokedFeedToken):
            queries.feed_key(db, second)


def test_a_bearer_token_ends_by_date_by_revocation_and_with_its_account(app: Flask) -> None:
    later = NOW + timedelta(hours=2)
    with app.app_context():
        account_id = service_account()
        with transaction() as db:
            short = tokens.issue_api_token(
                db, account_id=account_id, label="", now=NOW, expires_at=NOW + timedelta(hours=1)
            )
            kept = tokens.issue_api_token(db, account_id=account_id, label="", now=NOW)

        def works(token: str, at: datetime) -> bool:
            with reading() as db:
                return queries.actor_of_bearer(db, token, now=at, today=TODAY) is not None

        assert works(short, NOW)
        assert not works(short, later)
        with reading() as db:
            token_id = db.scalars(select(ApiToken.id).order_by(ApiToken.id.desc())).first() or 0
        with transaction() as db, pytest.raises(NotFound):
            tokens.revoke_api_token(
                db, actor=Actor(account_id=account_id + 1), token_id=token_id, now=NOW
            )
        assert works(kept, later)
        with transaction() as db:
            tokens.revoke_api_token(
                db, actor=Actor(account_id=account_id), token_id=token_id, now=NOW
            )
        assert not works(kept, later)
        with transaction() as db:
            third = tokens.issue_api_token(db, account_id=account_id, label="", now=NOW)
            accounts.close_account(db, actor=SYSTEM, account_id=account_id, now=NOW)
        assert not works(third, NOW)


def test_tries_are_refused_at_the_limit_and_forgotten_after_a_success(app: Flask) -> None:
    door = Door("address:192.0.2.1", PER_ACCOUNT_AND_ADDRESS)
    with app.app_context():
        for _ in range(9):
            with transaction() as db:
                sign_in.count_try(db, doors=[door], now=NOW)
        with transaction() as db:
            sign_in.forget_try(db, ids=sign_in.count_try(db, doors=[door], now=NOW))
        with transaction() as db:
            sign_in.count_try(db, doors=[door], now=NOW)
        with transaction() as db, pytest.raises(TooManyTries) as refused:
            sign_in.count_try(
                db,
                doors=[door, Door("account:x", PER_ACCOUNT_AND_ADDRESS)],
                now=NOW + timedelta(minutes=1),
            )
        assert refused.value.seconds == 240
        with transaction() as db:
            assert sign_in.count_try(
                db, doors=[Door("address:192.0.2.2", PER_ACCOUNT_AND_ADDRESS)], now=NOW
            )
            sign_in.count_try(db, doors=[door], now=NOW + timedelta(minutes=5))
        with transaction() as db:
            sign_in.count_try(db, doors=[door], now=NOW + timedelta(hours=3))
        with reading() as db:
            assert db.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_a_new_password_ends_every_session(app: Flask) -> None:
    with app.app_context():
        account_id = service_account()
        with transaction() as db:
            before = db.get_one(Account, account_id).fs_uniquifier
            key = sign_in.open_sign_in(db, account_id=account_id, way=SignInWay.LINK, now=NOW)
        with reading() as db:
            assert queries.open_sign_in(db, uniquifier=before, key=key, now=NOW, today=TODAY)
            assert not queries.open_sign_in(
                db, uniquifier=before, key=key, now=NOW + timedelta(hours=12), today=TODAY
            )
        hashed = accounts.hash_password("mango lluvia tren sello")
        with transaction() as db:
            accounts.change_password(db, actor=Actor(account_id=account_id), hashed=hashed, now=NOW)
        with reading() as db:
            account = db.get_one(Account, account_id)
            assert account.fs_uniquifier != before
            assert account.password is not None
            assert account.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
            for uniquifier in (before, account.fs_uniquifier):
                assert not queries.open_sign_in(
                    db, uniquifier=uniquifier, key=key, now=NOW, today=TODAY
                )
            assert accounts.is_password("mango lluvia tren sello", account.password)
            assert not accounts.is_password("mango lluvia tren selló", account.password)
            assert not accounts.is_password("mango lluvia tren sello" + "x" * 300, account.password)
            assert not accounts.is_password("mango lluvia tren sello\0", account.password)


def test_a_password_that_an_earlier_version_hashed_still_fits() -> None:
    """Made by Flask-Security 5.9 with libpass, which hashed passwords until 29 November 2026."""
    stored = (
        "$argon2id$v=19$m=19456,t=2,p=1$KSXEeC+F0Lq3llJqLYWQEg"
        "$4RXJIXxfiO7TJmHslcICZMcP0/SmHmaAlRhj3asWb8A"
    )
    assert accounts.is_password("correct horse battery staple 7", stored)
    assert not accounts.is_password("correct horse battery staple 8", stored)


def test_an_account_without_password_has_no_password_that_fits(app: Flask) -> None:
    with app.app_context():
        assert not accounts.is_password("", None)
        assert not accounts.is_password("anything", None)


def test_the_append_only_journal_tells_who_got_what(app: Flask) -> None:
    organizer = actor_of(app, "organizer")
    account_id = an_account(app, "audited@example.org")
    with app.app_context():
        with transaction() as db:
            roles.grant_role(
                db,
                actor=organizer,
                account_id=account_id,
                role=Role.AUTHOR,
                valid_from=TODAY,
                now=NOW,
            )
        with reading() as db:
            entry = db.scalars(
                select(JournalEntry)
                .where(JournalEntry.fact == "RoleGranted")
                .order_by(JournalEntry.id.desc())
            ).first()
            assert entry is not None
            assert entry.actor_account_id == organizer.account_id
            assert entry.payload["role"] == "author"


def test_network_address_is_known_for_thirty_days_after_a_sign_in(app: Flask) -> None:
    lasts = timedelta(days=30)
    with app.app_context():
        with transaction() as db:
            sign_in.know_address(db, source="192.0.2.7", now=NOW)
        for source, now, is_known in (
            ("192.0.2.7", NOW + lasts - timedelta(seconds=1), True),
            ("192.0.2.7", NOW + lasts, False),
            ("192.0.2.8", NOW, False),
        ):
            with reading() as db:
                assert queries.is_known_address(db, source=source, now=now) is is_known
