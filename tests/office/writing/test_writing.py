"""R64: an organizer writes to the registered, the silent or the absent, once, in each one's language."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.office.writing.queries import (
    event_audiences,
    event_to_write_to,
    letter_of,
    letters_of_event,
    office_audiences,
)
from app.office.writing.rules import AudienceChanged
from app.office.writing.services import write_to_event, write_to_office_audiences
from app.office.writing.values import LetterOrder, LetterWords
from app.participation.invitations.rules import INVITATION
from app.participation.invitations.values import InvitationClass
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import Way
from app.people.directory.models import Appointment, FocalPoint, Institution, Person, Post
from app.planning.events.models import Attendance
from app.planning.events.queries.events import event_of
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    call_off,
    drain,
    letters,
    take_place,
    webinar,
)
from tests.support.actors import actor_of, sign_in
from tests.support.databases import KEYS

pytestmark = pytest.mark.at(NOW + HOUR)
WORDS = LetterWords(
    LocalizedText(es="Sobre {event}", en="About {event}"),
    LocalizedText(es="Hola, {name}:\n\n{date}\n\n{link}", en="Dear {name}:\n\n{date}\n\n{link}"),
)
AFTER = STARTS + 2 * HOUR


def order(audiences: Sequence[str], expected: int, number: UUID | None = None) -> LetterOrder:
    return LetterOrder(number or uuid4(), tuple(audiences), WORDS, expected)


def write(app: Flask, event_id: UUID, one: LetterOrder, who: str = "organizer") -> UUID:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return write_to_event(db, actor=actor, event_id=event_id, order=one, now=NOW + HOUR)


def english(app: Flask, person_id: int) -> None:
    with app.app_context(), transaction() as db:
        db.get_one(Person, person_id).language = "en"


def about(app: Flask, to: str) -> list[str]:
    return [one.text for one in letters(app, to) if one.subject.startswith(("Sobre", "About"))]


def test_r64_each_reads_it_once_in_their_language_and_it_can_be_read_afterwards(
    app: Flask,
) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    english(app, take_place(app, "official-gt", event_id))
    one = order(["registered"], 2)
    write(app, event_id, one)
    write(app, event_id, one)
    [spanish], [english_text] = about(app, "official-hn"), about(app, "official-gt")
    assert spanish.startswith("Hola, María José Ñáñez Güell:\n\n")
    assert english_text.startswith("Dear Óscar Solórzano de la O:\n\n")
    assert f"/events/{event_id}" in spanish
    assert "/wishes/" in spanish
    with app.app_context(), reading() as db:
        [letter] = letters_of_event(db, event_id=event_id).letters
        facts = db.scalars(select(JournalEntry.fact).where(JournalEntry.fact == "LetterWritten"))
        assert len(facts.all()) == 1
    assert letter.words == WORDS
    assert (letter.people, letter.counts.delivered, letter.counts.returned) == (2, 2, 0)
    assert letter.written_by == "Laura Quesada Umaña"


def test_r64_absent_are_known_once_attendance_is_written_down(app: Flask) -> None:
    event_id = webinar(app)
    there, absent = (take_place(app, who, event_id) for who in ("official-hn", "official-gt"))
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        event = event_of(db, actor=organizer, event_id=event_id)
        before = event_audiences(db, event=event, on=AFTER.date(), now=AFTER)
        db.add(
            Attendance(
                event_id=event_id, person_id=there, minutes=60, source="manual", recorded_at=NOW
            )
        )
        db.flush()
        after = event_audiences(db, event=event, on=AFTER.date(), now=AFTER)
        during = event_audiences(db, event=event, on=AFTER.date(), now=STARTS)
    assert "absent" not in before
    assert "absent" not in during
    assert [one.to.person_id for one in after["absent"]] == [absent]


def test_r64_silent_are_invited_and_not_registered(app: Flask) -> None:
    event_id = webinar(app)
    here = take_place(app, "official-hn", event_id)
    silent = actor_of(app, "official-gt").person_id
    organizer = actor_of(app, "organizer")
    actor_of(app, "focal-point-hn")
    sealed = KEYS.seal("x", purpose=INVITATION)
    with app.app_context(), transaction() as db:
        for person_id in (here, silent):
            db.add(invitation(event_id, Way.PERSON, person_id=person_id))
        db.add(
            invitation(
                event_id, Way.GUEST, name="Ana Vargas", email="ana@example.org", sealed_key=sealed
            )
        )
        db.add(invitation(event_id, Way.GUEST, name="Yo", email="OFFICIAL-HN@example.org"))
        db.add(invitation(event_id, Way.COUNTRY, country_code="HN"))
    assert silent is not None
    with app.app_context(), reading() as db:
        event = event_of(db, actor=organizer, event_id=event_id)
        found = event_audiences(db, event=event, on=NOW.date(), now=NOW)["silent"]
    names = {one.to.name for one in found}
    assert {"Óscar Solórzano de la O", "Ana Vargas"} <= names
    assert "María José Ñáñez Güell" not in names
    assert "Yo" not in names
    write(app, event_id, order(["silent"], len(found)))
    [guest] = [one for one in letters(app) if one.to == "ana@example.org"]
    assert "/invitation/" in guest.text
    assert "/wishes/" not in guest.text


def test_r64_letter_is_refused_when_the_audience_changed_after_the_preview(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    with pytest.raises(AudienceChanged):
        write(app, event_id, order(["registered"], 2))
    assert about(app, "official-hn") == []


def test_r64_who_does_not_plan_neither_writes_nor_reads(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    one = write(app, event_id, order(["registered"], 1))
    with pytest.raises(NotAllowed):
        write(app, event_id, order(["registered"], 1), "convenor-labour")
    for who in ("official-hn", "focal-point-hn", "convenor-labour"):
        actor = actor_of(app, who)
        with app.app_context(), reading() as db, pytest.raises(NotFound):
            letter_of(db, actor=actor, letter_id=one)


def test_r64_office_writes_to_focal_points_and_others_do_not(app: Flask) -> None:
    organizer, presidency = actor_of(app, "organizer"), actor_of(app, "presidency")
    person_id, on = actor_of(app, "focal-point-hn").person_id, NOW.date()
    with app.app_context(), transaction() as db:
        db.add(FocalPoint(person_id=person_id, country_code="HN", valid_from=on))
    words = LetterWords(LocalizedText(es="Aviso"), LocalizedText(es="Hola, {name}: {link}"))
    with app.app_context(), reading() as db:
        found = office_audiences(db, actor=organizer, on=on)
        people = found.people.get("focal-points", ())
        with pytest.raises(NotAllowed):
            office_audiences(db, actor=presidency, on=on)
    assert people
    one = LetterOrder(uuid4(), ("focal-points",), words, len(people))
    with app.app_context(), transaction() as db:
        write_to_office_audiences(db, actor=organizer, order=one, now=NOW + HOUR)
    letters(app)
    with app.app_context(), reading() as db:
        sent = db.scalars(select(Message.person_id).where(Message.subject == "Aviso")).all()
        assert sorted(who for who in sent if who) == sorted(one.to.person_id for one in people)
        with pytest.raises(NotFound):
            letter_of(db, actor=presidency, letter_id=one.letter_id)


def test_reminder_of_home_leads_to_a_letter_to_focal_points_with_people_to_confirm(
    app: Flask, client: FlaskClient
) -> None:
    """Of the two focal points only the one of the country with somebody to confirm is chosen."""
    on, long_ago = NOW.date(), date(2024, 1, 1)
    chiefs = {code: actor_of(app, f"focal-point-{code.lower()}").person_id for code in ("HN", "GT")}
    official = actor_of(app, "official-hn").person_id
    name = LocalizedText(es="Instituto", en="Institute")
    with app.app_context(), transaction() as db:
        place = Institution(country_code="HN", name=name, kind="migration")
        db.add(place)
        db.flush()
        post = Post(institution_id=place.id, title=name)
        db.add(post)
        db.flush()
        db.add(Appointment(person_id=official, post_id=post.id, valid_from=long_ago))
        for code, person_id in chiefs.items():
            db.add(FocalPoint(person_id=person_id, country_code=code, valid_from=long_ago))
    organizer = sign_in(client, "organizer")
    with app.app_context(), reading() as db:
        people = office_audiences(db, actor=organizer, on=on).people
    assert [one.to.person_id for one in people["unconfirmed"]] == [chiefs["HN"]]
    assert len(people["focal-points"]) == 2
    home = client.get("/?lang=es").text
    assert "Recordar a 1 país que confirme su personal" in home
    assert "Escribir a 1 persona" in home
    assert 'href="/letters/new?to=unconfirmed"' in home
    form = client.get("/letters/new?to=unconfirmed").text
    boxes = re.findall(r'<input[^>]*name="to"[^>]*>', form)
    assert len(boxes) == 2
    (chosen,) = (box for box in boxes if "checked" in box)
    assert 'value="unconfirmed"' in chosen


def invitation(event_id: UUID, way: Way, **more: object) -> Invitation:
    return Invitation(
        event_id=event_id,
        invitation_class=InvitationClass.KEY_INSTITUTION.value,
        way=way.value,
        created_at=NOW,
        sent_at=NOW + timedelta(minutes=1),
        **more,
    )


def test_letter_to_many_can_be_put_off_in_the_mail_program_and_then_none_follows(
    app: Flask,
) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    write(app, event_id, order(["registered"], 1))
    drain(app)
    last = letters(app, "official-hn")[-1].mail
    assert last["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(last["List-Unsubscribe"]).strip("<>")
    press = app.test_client().post(url, data={"List-Unsubscribe": "One-Click"})
    assert press.status_code == 200
    with app.app_context(), reading() as db:
        event = event_to_write_to(db, actor=actor_of(app, "organizer"), event_id=event_id)
        people = event_audiences(db, event=event, on=clock.today(), now=clock.now())
    assert "registered" not in people or not people["registered"]


def test_every_letter_that_follows_from_an_event_can_be_put_off(app: Flask) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    drain(app)
    call_off(app, event_id)
    drain(app)
    mails = [one.mail for one in letters(app, "official-hn")]
    assert len(mails) > 1
    assert all(mail["List-Unsubscribe"] for mail in mails)
