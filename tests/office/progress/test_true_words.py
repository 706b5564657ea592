"""R80: no page of the office shows a tick, or says that something was sent or done, without the
rows that make it so. Every page about an event is opened in both states: before anything was done,
and after all of it was.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.office.setup.services import dismiss_checklist
from app.participation.registrations.models import Invitation, Registration
from app.planning.events.models import Attendance, Event, EventPerson
from app.planning.events.queries.events import missing_translations
from tests.office.progress.world import hand_over, in_office, invite_all
from tests.planning.events.rows import NOW, add_registration, an_event, change_event_row
from tests.support.actors import actor_of, sign_in

pytestmark = pytest.mark.at(NOW)
OTHER_PAGES = ("/", "/desk", "/events/drafts", "/letters", "/messages", "/events/translations")
BLOCK_ENDS = re.compile(r"</(?:li|h2|h3|p|td|th|dd|summary|section)>")
TICK = re.compile(r'class="(?:status status--good|mark-good|state state--good)"')


@pytest.fixture(autouse=True)
def _settled(app: Flask) -> None:
    """The office has put the list of its first day away, which has tests of its own."""
    with app.app_context(), transaction() as db:
        dismiss_checklist(db, actor=SYSTEM, now=NOW)


def some(*conditions: ColumnElement[bool]) -> Callable[[Session], bool]:
    """Whether there is a row like that."""
    asked = select(1).where(*conditions).limit(1)
    return lambda db: db.scalar(asked) is not None


DELIVERED = some(Message.sent_at.is_not(None), Message.bounced_at.is_(None))
HAS_PLACE = some(Registration.status == "registered")
IS_PUBLIC = some(Event.status == "published")
GROUNDS: dict[str, Callable[[Session], bool]] = {
    "Publicado": IS_PUBLIC,
    "Preparar": some(Event.summary != LocalizedText(), Event.people.any()),
    "Invitar": DELIVERED,
    "Realizar": some(Attendance.minutes >= 0),
    "Cerrar": some(Event.closed_at.is_not(None)),
    "Carta entregada": DELIVERED,
    "Entregada": DELIVERED,
    "Llegó": DELIVERED,
    "recibió la carta": DELIVERED,
    "recibieron la carta": DELIVERED,
    "Quienes exponen y moderan": some(EventPerson.person_id.is_not(None)),
    "Enlace para": some(Event.join_url != ""),
    "Descripción": some(Event.summary != LocalizedText()),
    "Textos en todos los idiomas": IS_PUBLIC,
    "Todos los países están invitados": some(Invitation.way == "country"),
    "Mi inscripción": HAS_PLACE,
    "Con cupo": HAS_PLACE,
    "presente": some(Attendance.minutes > 0),
}
"""What a tick may stand beside, with the rows that prove it. A tick beside other words fails until
its ground stands here.
"""
SAYINGS: dict[str, Callable[[Session], bool]] = {
    "falta nada": lambda db: not missing_translations(db, actor=SYSTEM),
    "Nada pendiente": DELIVERED,
    "No queda nada pendiente": some(Attendance.minutes > 0),
    "Enviada": DELIVERED,
    "asistencia anotada": some(Attendance.minutes >= 0),
    "carta de invitación entregada": DELIVERED,
    "cartas de invitación entregadas": DELIVERED,
    "cerrado el": some(Event.closed_at.is_not(None)),
}
"""Phrases that are claims wherever they stand."""


def pages_of(app: Flask, event_id: UUID) -> list[str]:
    """Addresses of all pages that need nothing but the number of the event."""
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            is_page = "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
            if is_page and rule.arguments == {"event_id"}:
                found.append(adapter.build(rule.endpoint, {"event_id": event_id}))
    return sorted(set(found))


def claims_in(page: str) -> Iterator[str]:
    """The words beside each tick: the rest of the block in which it stands."""
    main = page.partition("<main")[2].partition("</main")[0]
    for tick in TICK.finditer(main):
        rest = main[tick.end() :]
        end = BLOCK_ENDS.search(rest)
        yield " ".join(re.sub(r"<[^>]*>?", " ", ">" + rest[: end.start() if end else 200]).split())


def unfounded(app: Flask, client: FlaskClient, event_id: UUID) -> list[tuple[str, str]]:
    """Pairs of an address and of what it claims without a row."""
    found = []
    pages = 0
    for address in (*pages_of(app, event_id), *OTHER_PAGES):
        answer = client.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        pages += 1
        main = answer.text.partition("<main")[2].partition("</main")[0]
        words = " ".join(re.sub(r"<[^>]*>", " ", main).split())
        with app.app_context(), reading() as db:
            for claim in claims_in(answer.text):
                grounds = [ground(db) for word, ground in GROUNDS.items() if word in claim]
                if not any(grounds):
                    found.append((address, claim[:80]))
            found += [
                (address, saying)
                for saying, ground in SAYINGS.items()
                if saying in words and not ground(db)
            ]
    assert pages > 15
    return found


def test_r80_no_page_says_done_before_anything_was(app: Flask, client: FlaskClient) -> None:
    """Given an event whose letters went to countries where nobody answers, when every page about it
    is opened, before and after its end, then none says sent, done or nothing missing.
    """
    event_id = an_event(app, published_at=NOW - timedelta(days=9))
    invite_all(app, event_id)
    sign_in(client, "organizer")
    assert unfounded(app, client, event_id) == []
    change_event_row(
        app, event_id, starts_at=NOW - timedelta(hours=5), ends_at=NOW - timedelta(hours=4)
    )
    assert unfounded(app, client, event_id) == []


def test_r80_ticks_come_with_the_rows(app: Flask, client: FlaskClient) -> None:
    """Given the same event with its rows, when its pages are opened, then they have their ticks."""
    both = LocalizedText(es="De qué trata", en="What it is about")
    speaker = actor_of(app, "official-gt").person_id or 0
    event_id = an_event(
        app,
        published_at=NOW - timedelta(days=9),
        summary=both,
        join_url="https://meet.example.org/x",
        people=[speaker],
    )
    in_office(app, "HN")
    invite_all(app, event_id)
    hand_over(app)
    official = actor_of(app, "official-hn").person_id or 0
    add_registration(app, event_id, official)
    sign_in(client, "organizer")
    assert unfounded(app, client, event_id) == []
    invited = client.get(f"/events/{event_id}/invitations/countries").text
    assert "En 10 no hay a quién escribir: Belice, " in invited
    page = client.get(f"/events/{event_id}").text
    assert "1 país recibió la carta" in page
    assert "10 países no la recibieron" in page
    listed = client.get(f"/events/{event_id}/invitations").text
    assert listed.count("Carta entregada") == 1
    assert listed.count("Nadie la recibió") == 10
    assert "Enviada" not in listed
    with app.app_context(), transaction() as db:
        for invitation in db.scalars(select(Invitation).where(Invitation.country_code != "HN")):
            invitation.revoked_at = NOW
        db.add(
            Attendance(
                event_id=event_id,
                person_id=official,
                minutes=80,
                source="manual",
                recorded_at=NOW,
            )
        )
    over = NOW - timedelta(hours=4)
    change_event_row(app, event_id, starts_at=over - timedelta(hours=1), ends_at=over)
    change_event_row(app, event_id, closed_at=NOW)
    assert unfounded(app, client, event_id) == []
    bar = (
        client.get(f"/events/{event_id}").text.partition('class="stages"')[2].partition("</ol>")[0]
    )
    assert bar.count('class="mark-good"') == 4
