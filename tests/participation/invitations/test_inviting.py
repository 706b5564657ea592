"""Inviting: five classes, six ways, a pasted list, drafts that wait, letters that go out, and who
may.
"""

import contextlib
import threading
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM
from app.kernel.refusal import InvalidInput, NotAllowed
from app.participation.invitations.queries.invitations import (
    invitation_of,
    invitations_of,
    personal_data,
)
from app.participation.invitations.rules import (
    AlreadyInvited,
    NothingToRevoke,
    NotPublishedYet,
    read_lines,
)
from app.participation.invitations.services import inviting
from app.participation.invitations.services.inviting import (
    erase_person,
    invite_guests,
    revoke,
    send_again,
    send_waiting,
)
from app.participation.invitations.values import InvitationClass
from app.participation.registrations.models import Invitation
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import Origin, Way
from app.people.directory.models import FocalPoint, Institution, Membership, WorkingGroup
from app.planning.events.models import Event
from tests.office.notifications.world import letters as sent_letters
from tests.participation.invitations.world import (
    TODAY,
    a_guest_draft,
    a_roster,
    an_invitation,
    come,
    key_of,
    named,
)
from tests.planning.events.rows import NOW, an_event, counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
LIST = "Ana Núñez; Red; ana@example.org; es\nBob; UN; bob@example.org; en\nmal; mal; mal; mal"


def letters(app: Flask) -> list[tuple[str, str, str]]:
    """What has left: to whom, subject, text; after all that follows from facts."""
    return [(letter.to, letter.subject, letter.text) for letter in sent_letters(app)]


def pasted(app: Flask, event_id: UUID) -> tuple[int, int]:
    with app.app_context(), transaction() as db:
        done = invite_guests(
            db,
            actor=SYSTEM,
            event_id=event_id,
            invitation_class=InvitationClass.OBSERVER,
            lines=read_lines(LIST).good,
            now=NOW,
        )
        return len(done.made), len(done.standing)


def a_house(app: Flask) -> int:
    people = a_roster(app, people=2)
    with app.app_context(), transaction() as db:
        group = db.scalars(select(WorkingGroup).where(WorkingGroup.slug == "protection")).one()
        db.add(Membership(working_group_id=group.id, person_id=people[0], valid_from=TODAY))
        return db.scalars(select(Institution.id)).one()


@pytest.mark.both_databases
def test_r23_five_classes_by_six_ways_are_listed_with_who_answered(app: Flask) -> None:
    event_id, house = an_event(app), a_house(app)
    guest = an_invitation(app, event_id, Way.GUEST)
    an_invitation(app, event_id, Way.LINK, invitation_class=InvitationClass.OBSERVER)
    an_invitation(app, event_id, Way.COUNTRY)
    an_invitation(
        app,
        event_id,
        Way.GROUP,
        group="protection",
        invitation_class=InvitationClass.KEY_INSTITUTION,
    )
    an_invitation(
        app,
        event_id,
        Way.INSTITUTION,
        institution_id=house,
        invitation_class=InvitationClass.WOMENS_ORGANISATION,
    )
    with app.app_context(), reading() as db:
        invited = invitation_of(db, actor=SYSTEM, event_id=event_id, invitation_id=guest, on=TODAY)
    assert (invited.answers.people, invited.answers.answered) == (1, 0), (
        "a guest is somebody before the answer"
    )
    come(app, key_of(app, guest))
    with app.app_context(), counted_statements(app) as few, reading() as db:
        page = invitations_of(db, actor=SYSTEM, event_id=event_id, on=TODAY)
    assert {
        one: (sent, answers.people, answers.registered) for one, sent, answers in page.by_class
    } == {
        InvitationClass.MEMBER_COUNTRY: (1, 0, 0),
        InvitationClass.WOMENS_ORGANISATION: (1, 2, 0),
        InvitationClass.KEY_INSTITUTION: (1, 1, 0),
        InvitationClass.OBSERVER: (1, 0, 0),
        InvitationClass.SPECIAL_GUEST: (1, 1, 1),
    }
    assert [row.way for row in page.rows] == ["country", "institution", "group", "link", "guest"], (
        "by class"
    )
    pasted(app, event_id)
    with app.app_context(), counted_statements(app) as many, reading() as db:
        assert invitations_of(db, actor=SYSTEM, event_id=event_id, on=TODAY).paging.total == 7
    assert len(few) == len(many)


@pytest.mark.both_databases
def test_r21_a_list_pasted_twice_creates_none_the_second_time(app: Flask) -> None:
    event_id = an_event(app)
    assert pasted(app, event_id) == (2, 0)
    assert pasted(app, event_id) == (0, 2)


def test_one_target_stands_once_and_may_be_invited_again_when_it_was_withdrawn(app: Flask) -> None:
    event_id = an_event(app)
    first = an_invitation(app, event_id, Way.GUEST)
    with pytest.raises(AlreadyInvited):
        an_invitation(app, event_id, Way.GUEST, email="RIGOBERTA@example.org")
    with app.app_context(), transaction() as db:
        revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=first, now=NOW)
        with pytest.raises(NothingToRevoke):
            revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=first, now=NOW)
    assert an_invitation(app, event_id, Way.GUEST) != first


def test_what_does_not_exist_is_invited_by_nobody(app: Flask) -> None:
    event_id = an_event(app)
    for way, more in (
        (Way.PERSON, {"person_id": 987654}),
        (Way.INSTITUTION, {"institution_id": 987654}),
        (Way.GROUP, {"group": "no-such"}),
        (Way.COUNTRY, {"country_code": "ZZ"}),
    ):
        with pytest.raises(InvalidInput):
            an_invitation(app, event_id, way, **more)


def test_invitations_of_a_draft_wait_and_go_out_when_it_is_published(app: Flask) -> None:
    event_id = an_event(app, status="draft", published_at=None)
    invitation = an_invitation(app, event_id, Way.GUEST)
    assert letters(app) == []
    with app.app_context(), transaction() as db, pytest.raises(NotPublishedYet):
        send_again(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation, now=NOW)
    with app.app_context(), transaction() as db:
        db.execute(update(Event).values(status="published", published_at=NOW))
    with app.app_context(), transaction() as db:
        assert send_waiting(db, event_id=event_id, now=NOW) == 1
        assert send_waiting(db, event_id=event_id, now=NOW) == 0
    assert [to for to, _subject, _body in letters(app)] == ["rigoberta@example.org"]


def test_a_guests_letter_bears_date_time_zone_and_the_link_that_works(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    key = key_of(app, an_invitation(app, event_id, Way.GUEST, note="Con gusto le esperamos."))
    ((to, subject, body),) = letters(app)
    assert (to, subject) == ("rigoberta@example.org", "Invitación: Rutas de protección")
    for words in (
        "jueves, 10 de diciembre de 2026, 09:00–10:30 (Costa Rica, UTC−6)",
        "Con gusto le esperamos.",
    ):
        assert words in body
    link = f"/invitation/{key}"
    assert link in body
    assert client.get(link).status_code == 200
    place = come(app, key)
    written = letters(app)
    assert [to for to, *_rest in written] == ["rigoberta@example.org"] * 2
    assert f"/guest/{place.key}" in written[1][2], (
        "the letter about the place leads to her own page"
    )
    assert f"/guest/{place.key}/event.ics" in written[1][2], (
        "and to her own calendar file, which has the link to join"
    )


def test_a_focal_point_is_asked_by_a_day_and_the_nominated_hear_of_it(app: Flask) -> None:
    event_id, focal = an_event(app), actor_of(app, "focal-point-hn")
    people = a_roster(app)
    with app.app_context(), transaction() as db:
        db.add(FocalPoint(person_id=focal.person_id or 0, country_code="HN", valid_from=TODAY))
    an_invitation(app, event_id, Way.COUNTRY, places=2, respond_by=TODAY)
    ((to, _subject, body),) = letters(app)
    assert to == "focal-point-hn@example.org"
    assert (
        "Se espera a 2 personas. Agradecemos recibir los nombres a más tardar el martes, 24 de noviembre"
        in body
    )
    assert f"/events/{event_id}/nominations" in body
    before = len(letters(app))
    named(app, event_id, people[:1])
    ((_to, subject, body),) = letters(app)[before:]
    assert subject.startswith("Inscripción confirmada")
    assert "Su punto focal le designó" in body
    assert "cancele su inscripción" in body, (
        "she pressed no button, so she reads how to give the place back"
    )


def test_who_had_a_place_of_her_own_hears_of_the_nomination_alone(app: Flask) -> None:
    event_id = an_event(app)
    people = a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY, places=2)
    with app.app_context(), transaction() as db:
        register_person(
            db,
            actor=SYSTEM,
            event_id=event_id,
            person_id=people[0],
            origin=Origin.ORGANIZER,
            consent_version="",
            now=NOW,
        )
    before = len(letters(app))
    named(app, event_id, people[:1])
    ((_to, subject, body),) = letters(app)[before:]
    assert subject.startswith("Su país le ha designado")
    assert "Su punto focal le designó" in body


def test_who_typed_the_address_of_a_guest_hears_nothing_and_her_mailbox_does(app: Flask) -> None:
    key = key_of(app, an_invitation(app, an_event(app), Way.LINK))
    place = come(app, key)
    before = len(letters(app))
    assert come(app, key, a_guest_draft(name="Otra")).key == ""
    ((to, _subject, body),) = letters(app)[before:]
    assert to == "rigoberta@example.org"
    assert f"/guest/{place.key}" in body


def test_facts_tell_numbers_only(app: Flask) -> None:
    event_id = an_event(app)
    come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    with app.app_context(), reading() as db:
        told = list(db.scalars(select(JournalEntry).order_by(JournalEntry.id)))
    assert [entry.fact for entry in told][:2] == ["InvitationSent", "GuestRegistered"]
    assert "RegistrationMade" in [entry.fact for entry in told]
    assert not [
        entry for entry in told if "Rigoberta" in str(entry.payload) or "@" in str(entry.payload)
    ]


def test_a_convenor_of_another_group_invites_nobody(app: Flask) -> None:
    event_id = an_event(app, groups=["protection"])
    with pytest.raises(NotAllowed):
        an_invitation(app, event_id, Way.GUEST, actor=actor_of(app, "convenor-labour"))


def test_the_list_page_pastes_and_names_the_bad_lines(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, groups=["protection"])
    sign_in(client, "convenor-protection")
    answer = client.post(
        f"/events/{event_id}/invitations/list",
        data={"csrf_token": csrf_token(client), "list": LIST, "class": "observer"},
    )
    assert answer.status_code == 422
    assert "Línea 3" in answer.text
    assert "mal; mal; mal; mal" in answer.text, "what was typed is kept"
    with app.app_context(), reading() as db:
        assert sorted(db.scalars(select(Invitation.email))) == [
            "ana@example.org",
            "bob@example.org",
        ]


@pytest.mark.parametrize("way", list(Way))
def test_each_form_says_what_is_missing_and_keeps_what_was_typed(
    app: Flask, client: FlaskClient, way: Way
) -> None:
    event_id = an_event(app)
    sign_in(client, "organizer")
    path = f"/events/{event_id}/invitations/new"
    assert client.get(f"{path}?way={way}&words=mar").status_code == 200
    answer = client.post(
        path, data={"csrf_token": csrf_token(client), "way": way, "note": "una línea"}
    )
    assert answer.status_code == 422
    assert "Elija una clase." in answer.text
    assert "una línea" in answer.text


@pytest.mark.both_databases
def test_two_clicks_at_once_are_one_invitation(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look before either writes, were they let."""
    event_id, both, found = an_event(app), threading.Barrier(2), list[str]()
    write = inviting._row

    def meet(*args: Any, **kwargs: Any) -> Invitation:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.3)
        return write(*args, **kwargs)

    def click() -> None:
        try:
            an_invitation(app, event_id, Way.GUEST)
            found.append("made")
        except AlreadyInvited:
            found.append("standing")

    monkeypatch.setattr(inviting, "_row", meet)
    threads = [threading.Thread(target=click) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=20)
    assert sorted(found) == ["made", "standing"]


def test_a_number_alone_invites_nobody_of_the_directory(app: Flask, client: FlaskClient) -> None:
    """Whoever could send any number would read the directory by counting."""
    event_id, (person, *_rest) = an_event(app), a_roster(app)
    sign_in(client, "organizer")
    fields = {"way": "person", "class": "observer", "person": str(person), "open_to": "only"}
    answer = client.post(
        f"/events/{event_id}/invitations/new", data={**fields, "csrf_token": csrf_token(client)}
    )
    assert answer.status_code == 422
    assert "Indique a quién se invita." in answer.text


def test_a_persons_copy_names_what_is_kept_and_erasing_keeps_the_count(app: Flask) -> None:
    event_id = an_event(app)
    place = come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    with app.app_context(), reading() as db:
        person = db.scalars(select(Invitation)).one()
        guest_id = next(
            iter(
                db.scalars(
                    select(JournalEntry.payload).where(JournalEntry.fact == "GuestRegistered")
                )
            )
        )
        kept = personal_data(db, guest_id["person_id"])
        assert kept["guest"]["email"] == "rigoberta@example.org"
        assert place.key not in str(kept)
        assert person.email
    with app.app_context(), transaction() as db:
        erase_person(db, person_id=guest_id["person_id"], now=NOW)
    with app.app_context(), reading() as db:
        assert personal_data(db, guest_id["person_id"])["guest"]["email"] is None
        row = db.scalars(select(Invitation)).one()
        assert (row.name, row.email, row.token_sha256) == ("", "", None)
