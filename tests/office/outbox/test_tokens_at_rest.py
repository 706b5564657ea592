"""Tokens and keys that stood in the clear before migration 83 go on working, and stand there no more."""

import pytest
import time_machine
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.office.inbox.services import Received, take_return
from app.office.notifications.tasks import participation
from app.office.outbox.models import AnswerAddress, Message
from app.office.outbox.queries import answer_tokens_of
from app.office.outbox.rules import MARK, wish_key
from app.planning.programme.exports.icalendar import uri
from tests.office.inbox.replies import any_reply
from tests.office.notifications.world import HOUR, NOW, letters, take_in, take_place, webinar
from tests.support.databases import KEYS

HER, RSVP, BOUNCE = "official-hn", "00112233445566778899", "99887766554433221100"


@pytest.mark.both_databases
def test_addresses_and_links_of_before_work_and_are_in_no_cell(app: Flask) -> None:
    """The letter waits, the line of its organizer folded in the midst of the token. It leaves as it was
    written, and the calendar's answer and the report about it are understood.
    """
    with time_machine.travel(NOW, tick=False):
        event_id = webinar(app)
        person_id = take_place(app, HER, event_id)
        with app.app_context(), transaction() as db:
            made = JournalEntry.fact == "RegistrationMade"
            participation.on_registration_made(
                db, db.scalars(select(JournalEntry).where(made)).one(), now=NOW
            )
    wishes = f"http://localhost/wishes/{wish_key(KEYS, person_id)}"
    with app.app_context():
        downgrade(revision="0081_single_sign_on")
        with transaction() as db:
            [row] = db.execute(text("SELECT body, calendar, reply_to FROM message")).all()
            calendar = row.calendar.replace(uri(MARK), f"{RSVP[:9]}\r\n {RSVP[9:]}")
            clear = {
                "token": BOUNCE,
                "calendar": calendar,
                "reply_to": row.reply_to.replace(MARK, RSVP),
                "unsubscribe_url": wishes,
                "body": row.body.replace(f"http://localhost/wishes/{MARK}", wishes),
            }
            assert RSVP[9:] in calendar
            assert wishes in clear["body"]
            columns = ", ".join(f"{name} = :{name}" for name in clear)
            db.execute(text(f"UPDATE message SET {columns}"), clear)
            db.execute(text("UPDATE answer_address SET token = :token"), {"token": RSVP})
        upgrade()
        with reading() as db:
            cells = [*db.execute(select(Message.__table__)).one()]
            cells += [*db.execute(select(AnswerAddress.__table__)).one()]
            told = " ".join(map(str, cells)).replace("\r\n ", "")
            assert not [key for key in (RSVP, BOUNCE, wishes) if key in told]
            assert answer_tokens_of(db, event_id, [person_id]) == {person_id: RSVP}
    with time_machine.travel(NOW + HOUR, tick=False):
        [letter] = letters(app, HER)
        mailbox = f"rsvp+{RSVP}@example.org"
        assert letter.mail["Reply-To"] == mailbox
        assert letter.mail["List-Unsubscribe"] == f"<{wishes}>"
        assert wishes in letter.text
        assert f"mailto:{mailbox}" in letter.calendar.decode().replace("\r\n ", "")
        reply = any_reply(f"event-{event_id}@localhost", mailbox, "ACCEPTED", NOW + HOUR)
        assert take_in(app, reply) is not Received.ALREADY_KNOWN
        with app.app_context(), transaction() as db:
            came = take_return(db, token=BOUNCE, has_failed=True, status="5.1.1", note="", now=NOW)
        assert came is Received.BOUNCED
