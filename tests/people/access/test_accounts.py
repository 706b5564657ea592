"""R62: accounts and roles, by whoever may, effective at once, and never so that nobody can run the
platform.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.language import date_text
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.people.access import queries, services
from app.people.access.values import AccountFilter, AccountState, Invitee, RoleSpan
from app.people.identity.models import Account, AccountInvitation, RoleGrant
from app.people.identity.policy import may_grant
from app.people.identity.rules import LastOrganizer
from app.people.identity.services.inviting import issue_invitation_token
from tests.planning.events.rows import every_statement
from tests.support.actors import actor_of, an_account, csrf_token, sign_in
from tests.support.forms import tokens_of

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
OFFICIAL_HN, AUTHOR = Grant(Role.OFFICIAL, "HN"), Grant(Role.AUTHOR)
ALL = AccountFilter()


@pytest.fixture
def her(app: Flask) -> int:
    return an_account(app, "ana@example.org", name="Ana Núñez", country="HN")


def give(app: Flask, who: str, account_id: int, grant: Grant) -> int:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return services.give_role(
            db, actor=actor, account_id=account_id, grant=grant, span=RoleSpan(TODAY), now=NOW
        )


def listed(app: Flask, who: str, wanted: AccountFilter = ALL) -> list[str]:
    actor = actor_of(app, who)
    with app.app_context(), reading() as db:
        page = queries.accounts(db, actor=actor, wanted=wanted, today=TODAY, now=NOW)
    return [row.name for row in page.rows]


def facts(app: Flask) -> set[str]:
    with app.app_context(), reading() as db:
        return set(db.scalars(select(JournalEntry.fact)))


@pytest.mark.both_databases
def test_r62_a_role_is_given_with_dates_and_ended_and_stands_in_the_journal(
    app: Flask, her: int
) -> None:
    organizer = actor_of(app, "organizer")
    grant_id = give(app, "organizer", her, AUTHOR)
    with app.app_context(), reading() as db:
        row = queries.account_row(db, actor=organizer, account_id=her, today=TODAY, now=NOW)
    assert [one.grant for one in row.roles] == [AUTHOR]
    assert listed(app, "organizer", AccountFilter(role=Role.AUTHOR)) == ["Ana Núñez"]
    tomorrow = TODAY + timedelta(days=1)
    with app.app_context(), transaction() as db:
        services.take_role(
            db,
            actor=organizer,
            account_id=her,
            grant_id=grant_id,
            span=RoleSpan(TODAY, tomorrow),
            now=NOW,
        )
    with app.app_context(), reading() as db:
        assert db.get_one(RoleGrant, grant_id).valid_until == tomorrow
    assert {"RoleGranted", "RoleEnded"} <= facts(app)


@pytest.mark.parametrize("grant", [AUTHOR, Grant(Role.ORGANIZER), Grant(Role.OFFICIAL, "GT")])
def test_r62_a_focal_point_gives_no_more_than_the_own_officials_role(
    app: Flask, her: int, grant: Grant
) -> None:
    with pytest.raises(NotAllowed):
        give(app, "focal-point-hn", her, grant)
    assert give(app, "focal-point-hn", her, OFFICIAL_HN)
    with pytest.raises(NotFound):
        give(app, "focal-point-gt", her, Grant(Role.OFFICIAL, "GT"))


def test_roles_that_follow_a_designation_are_neither_given_nor_ended_by_hand(
    app: Flask, her: int
) -> None:
    own = actor_of(app, "focal-point-hn")
    assert may_grant(own, Role.OFFICIAL, "HN")
    assert not may_grant(own, Role.FOCAL_POINT, "HN")
    for who in ("organizer", "focal-point-hn"):
        actor = actor_of(app, who)
        with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
            services.take_role(
                db,
                actor=actor,
                account_id=own.account_id,
                grant_id=db.scalars(
                    select(RoleGrant.id).where(RoleGrant.account_id == own.account_id)
                ).one(),
                span=RoleSpan(TODAY, TODAY),
                now=NOW,
            )
    for grant in (Grant(Role.FOCAL_POINT, "HN"), Grant(Role.PRESIDENCY, "HN")):
        with pytest.raises(InvalidInput):
            give(app, "organizer", her, grant)


def test_a_focal_point_sees_and_blocks_only_officials_of_the_own_country(
    app: Flask, her: int
) -> None:
    chief = an_account(
        app, "jefa@example.org", name="Jefa Paz", country="HN", roles=[(Role.ORGANIZER, "")]
    )
    an_account(app, "gabi@example.org", name="Gabi Ixchel", country="GT")
    assert set(listed(app, "focal-point-hn")) == {"Ana Núñez", "Jefa Paz", "Dunia Zúñiga Mejía"}
    actor = actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        services.block(db, actor=actor, account_id=her, now=NOW)
    with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        services.block(db, actor=actor, account_id=chief, now=NOW)


def test_the_last_organizer_cannot_be_locked_out(app: Flask, her: int) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), reading() as db:
        held = select(RoleGrant.id).where(RoleGrant.role == Role.ORGANIZER.value)
        grant_id = db.scalars(held).one()
    own = organizer.account_id

    def end(actor: Actor) -> None:
        with app.app_context(), transaction() as db:
            services.take_role(
                db,
                actor=actor,
                account_id=own,
                grant_id=grant_id,
                span=RoleSpan(TODAY, TODAY),
                now=NOW,
            )

    with pytest.raises(LastOrganizer):
        end(organizer)
    with app.app_context(), transaction() as db, pytest.raises(LastOrganizer):
        services.block(db, actor=organizer, account_id=own, now=NOW)
    give(app, "organizer", her, Grant(Role.ORGANIZER))
    end(organizer)


def test_r62_states_filters_and_an_invitation_sent_again(app: Flask, her: int) -> None:
    organizer = actor_of(app, "organizer")
    invitee = Invitee("Beto Paz", "beto@example.org", "HN", OFFICIAL_HN, RoleSpan(TODAY))
    with app.app_context(), transaction() as db:
        beto = services.invite_colleague(db, actor=organizer, invitee=invitee, now=NOW)
        invitation = db.scalars(select(AccountInvitation.id)).one()
        issue_invitation_token(db, invitation_id=invitation, now=NOW)
        services.block(db, actor=organizer, account_id=her, now=NOW)
    assert listed(app, "organizer", AccountFilter(state=AccountState.BLOCKED)) == ["Ana Núñez"]
    assert listed(app, "organizer", AccountFilter(state=AccountState.INVITED)) == ["Beto Paz"]
    assert listed(app, "organizer", AccountFilter(words="ana@")) == ["Ana Núñez"]
    assert listed(app, "organizer", AccountFilter(role=Role.OFFICIAL)) == ["Beto Paz"]
    late = NOW + timedelta(days=15)
    with app.app_context(), reading() as db:
        row = queries.account_row(db, actor=organizer, account_id=beto, today=TODAY, now=late)
    assert row.state is AccountState.LAPSED
    own = actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        services.invite_again(db, actor=own, account_id=beto, now=late)
        assert db.get_one(AccountInvitation, invitation).token_sha256 is None


def test_r62_blocking_at_the_screen_ends_the_session_at_the_next_click(
    app: Flask, her: int
) -> None:
    hers, organizers = app.test_client(), app.test_client()
    sign_in(hers, "ana@example.org")
    assert hers.get("/account").status_code == 200
    sign_in(organizers, "organizer")
    typed = {"csrf_token": csrf_token(organizers)}
    assert "Bloquear la cuenta" in organizers.get(f"/people-and-access/{her}").text
    assert organizers.post(f"/people-and-access/{her}/block", data=typed).status_code == 303
    assert hers.get("/account").status_code in (302, 303)
    assert organizers.post(f"/people-and-access/{her}/unblock", data=typed).status_code == 303
    with app.app_context(), reading() as db:
        assert db.get_one(Account, her).active
    assert {"AccountClosed", "AccountReopened"} <= facts(app)


def test_r62_a_colleague_is_invited_at_the_screen(client: FlaskClient, app: Flask) -> None:
    sign_in(client, "organizer")
    typed = {
        "csrf_token": csrf_token(client),
        "full_name": "Beto Paz",
        "email": "beto@example.org",
        "country_code": "HN",
        "role": "",
        "valid_from": clock.today().isoformat(),
    }
    refused = client.post("/people-and-access/invite", data=typed)
    assert refused.status_code == 422
    assert 'value="Beto Paz"' in refused.text
    made = client.post("/people-and-access/invite", data={**typed, "role": "convenor:protection"})
    assert made.status_code == 303
    assert "Protección" in client.get(made.headers["Location"]).text
    again = client.post("/people-and-access/invite", data={**typed, "role": "author:"})
    assert again.status_code in (409, 422)
    assert "AccountInvited" in facts(app)


def test_end_of_a_role_that_cannot_be_is_said_at_its_field(
    client: FlaskClient, app: Flask, her: int
) -> None:
    grant_id = give(app, "organizer", her, AUTHOR)
    sign_in(client, "organizer")
    page = f"/people-and-access/{her}"
    for day in ("soon", "2020-01-31", ""):
        sent = {f"until-{grant_id}": day, "csrf_token": csrf_token(client)}
        refused = client.post(f"{page}/roles/{grant_id}/end", data=sent)
        assert refused.status_code == 422
        assert f'href="#until-{grant_id}"' in refused.text
        assert f'value="{day}"' in refused.text
    sent = {"role": "", "valid_from": "mañana", "csrf_token": csrf_token(client)}
    refused = client.post(f"{page}/roles", data=sent)
    assert refused.status_code == 422
    assert 'href="#valid_from"' in refused.text
    assert 'value="mañana"' in refused.text
    tomorrow = clock.today() + timedelta(days=1)
    sent = {f"until-{grant_id}": tomorrow.isoformat(), "csrf_token": csrf_token(client)}
    assert client.post(f"{page}/roles/{grant_id}/end", data=sent).status_code == 303
    shown = client.get(page).text
    assert f"hasta el {date_text('es', tomorrow)}" in shown, "the day that was written"
    with app.app_context(), reading() as db:
        until = db.get_one(RoleGrant, grant_id).valid_until
    assert until == tomorrow + timedelta(days=1)


def test_end_of_a_role_is_asked_for_as_its_last_day(
    client: FlaskClient, app: Flask, her: int
) -> None:
    give(app, "organizer", her, AUTHOR)
    sign_in(client, "organizer")
    page = client.get(f"/people-and-access/{her}").text
    assert "Último día<span" in page
    assert "Último día con la función" in page
    assert "Primer día sin" not in page


def test_the_list_takes_as_many_statements_for_twenty_accounts_as_for_two(
    app: Flask, her: int
) -> None:
    organizer = actor_of(app, "organizer")

    def statements() -> int:
        with app.app_context(), every_statement(app) as heard, reading() as db:
            queries.accounts(db, actor=organizer, wanted=ALL, today=TODAY, now=NOW)
        return len(heard)

    give(app, "organizer", her, OFFICIAL_HN)
    few = statements()
    for number in range(18):
        an_account(
            app,
            f"n{number}@example.org",
            name=f"N {number}",
            country="HN",
            roles=[(Role.OFFICIAL, "HN"), (Role.CONVENOR, "protection")],
        )
    assert statements() == few


@pytest.mark.both_databases
def test_list_of_accounts_is_read_on_both_databases(app: Flask, her: int) -> None:
    assert "Ana Núñez" in listed(app, "organizer")
    assert listed(app, "organizer", AccountFilter(state=AccountState.INVITED)) == []


def test_second_press_on_send_again_writes_one_letter(app: Flask, client: FlaskClient) -> None:
    organizer = sign_in(client, "organizer")
    invitee = Invitee("Beto Paz", "beto@example.org", "HN", OFFICIAL_HN, RoleSpan(clock.today()))
    with app.app_context(), transaction() as db:
        beto = services.invite_colleague(db, actor=organizer, invitee=invitee, now=clock.now())
    tokens = tokens_of(client.get(f"/people-and-access/{beto}").text)
    for _press in range(2):
        answer = client.post(f"/people-and-access/{beto}/invitation", data=tokens)
        assert answer.status_code == 303
    with app.app_context(), reading() as db:
        told = select(JournalEntry.id).where(JournalEntry.fact == "AccountInvited")
        assert len(db.scalars(told).all()) == 2, "the first invitation, and one letter more"


def test_list_shows_roles_of_today_and_the_account_those_that_are_over(
    app: Flask, her: int
) -> None:
    other = an_account(app, "otra@example.org", name="Otra Paz", country="HN")
    began = TODAY - timedelta(days=10)
    spans = {
        Role.AUTHOR: TODAY,  # over since today
        Role.OFFICIAL: TODAY + timedelta(days=1),  # its last day is today
        Role.CONVENOR: began,  # ended before it began
    }
    with app.app_context(), transaction() as db:
        for role, until in spans.items():
            scope = {Role.OFFICIAL: "HN", Role.CONVENOR: "protection"}.get(role, "")
            db.add(
                RoleGrant(
                    account_id=her, role=role, scope=scope, valid_from=began, valid_until=until
                )
            )
        db.add(RoleGrant(account_id=other, role=Role.ORGANIZER, scope="", valid_from=began))
    organizer = actor_of(app, "organizer")
    with app.app_context(), reading() as db:
        page = queries.accounts(db, actor=organizer, wanted=ALL, today=TODAY, now=NOW)
        own = queries.account_row(db, actor=organizer, account_id=her, today=TODAY, now=NOW)
    listed = {row.name: [(one.grant.role, one.is_over) for one in row.roles] for row in page.rows}
    assert listed["Ana Núñez"] == [(Role.OFFICIAL, False)]
    names = {one.grant.role: one.held.scope_name for one in own.roles}
    country, worldwide = names[Role.OFFICIAL], names[Role.AUTHOR]
    assert (country and country.in_("es"), worldwide) == ("Honduras", None)
    assert listed["Otra Paz"] == [(Role.ORGANIZER, False)]
    assert {(one.grant.role, one.is_over) for one in own.roles} == {
        (Role.AUTHOR, True),
        (Role.OFFICIAL, False),
    }
