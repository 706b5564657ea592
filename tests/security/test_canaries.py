"""A name, an address and an institution that stand nowhere else, one of each country: who ever
reads which of them.

Whoever leaks another country's people in whatever page, file, feed, problem or letter carries one
out.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.participation.admission.models import Invitation
from app.participation.registrations.services.registration import register
from app.people.directory.models import Appointment, Institution, Post
from app.people.identity.models import Account
from app.planning.arranging.services import cancel_event
from app.planning.events.models import Attendance, Event, EventPerson, EventQuota, Registration
from app.planning.events.values.places import CONSENT_VERSION
from app.training.certificates.services import issue_certificate
from app.training.learning.models import Completion, CourseEdition, Enrolment
from tests.security.crawl import Page, addresses, crawl, objects_in
from tests.security.matrix import ANONYMOUS, TRUTH
from tests.security.world import FILE, Objects, built, copied, opened
from tests.support import session
from tests.support.actors import actor_of, an_account, sign_in
from tests.support.body import MEMBER_COUNTRIES

CODES = [country.code for country in MEMBER_COUNTRIES]
BY_CODE = {"certificates.verify_code", "certificates_api.certificate"}
"""Who holds a certificate's code may read its holder's name, and nothing else of theirs."""
OF_AN_EVENT = {
    "attendance.attendance",
    "events.cancel",
    "registrations.registrations",
    "writing.new_event_letter",
}
OF_THE_OFFICE = {
    "access.access_request",
    "access.accounts",
    "institutions.institution",
    "institutions.institutions",
}
"""Accounts and institutions of the region, for the secretariat alone."""
OFFERS_INSTITUTIONS = {
    "events.brief",
    "agreements.new",
    "agreements.edit",
    "invitations.new_invitation",
}
"""Forms whose lists name the region's institutions, which are no persons."""
SPEAKER = "kxqspeakerwvz"
SPEAKER_PAGES = {
    "events.event",
    "events_api.read_event",
    "events_api.list_events",
    "events.translations",
}


@dataclass(frozen=True)
class Planted:
    file: Path
    usual: Objects
    certificates: dict[str, str]


def mark(code: str) -> str:
    return f"kxq{code.lower()}wvz"


@pytest.fixture(scope="module")
def planted() -> Planted:
    folder = session.once("planted", _plant_all)
    certificates: dict[str, str] = json.loads((folder / "certificates.json").read_text())
    return Planted(folder / FILE, built()[1], certificates)


def _plant_all(folder: Path) -> None:
    shutil.copytree(built()[0].parent, folder)
    with opened(folder / FILE) as app:
        for code in CODES:
            _account(app, code)
        an_account(app, f"{SPEAKER}.mail@example.org", name=f"{SPEAKER} Orador", country="GT")
        with app.app_context(), transaction() as db:
            certificates = {code: _plant(db, code) for code in CODES}
            _plant_speaker(db)
    (folder / "certificates.json").write_text(json.dumps(certificates))


def _account(app: Flask, code: str) -> int:
    name = f"{mark(code).title()} Persona"
    return an_account(
        app,
        f"{mark(code)}.mail@example.org",
        name=name,
        country=code,
        roles=[(Role.OFFICIAL, code)],
    )


def _person(db: Session, token: str) -> int:
    found = db.scalar(select(Account.person_id).where(Account.email == f"{token}.mail@example.org"))
    assert found is not None
    return found


def _plant(db: Session, code: str) -> str:
    """A post on the roster, a course completed, a certificate; registered for and present at
    whatever there is.
    """
    now, person = clock.now(), _person(db, mark(code))
    institution = Institution(
        country_code=code, kind="other", name=LocalizedText(es=f"{mark(code)} instituto")
    )
    db.add(institution)
    db.flush()
    post = Post(institution_id=institution.id, title=LocalizedText(es=f"{mark(code)} puesto"))
    db.add(post)
    db.flush()
    since = clock.today() - timedelta(days=200)
    db.add(
        Appointment(person_id=person, post_id=post.id, valid_from=since, confirmed_on=clock.today())
    )
    newest = db.scalars(select(CourseEdition).order_by(CourseEdition.id.desc())).first()
    assert newest is not None
    edition = newest.id
    enrolment = Enrolment(
        person_id=person,
        course_id=newest.course_id,
        edition_id=edition,
        language="es",
        started_at=now,
        closed_at=now,
    )
    db.add(enrolment)
    db.flush()
    db.add(Completion(enrolment_id=enrolment.id, module_id=None, rule_version="1", decided_at=now))
    db.execute(
        update(Event).values(capacity=None, country_quota=None)
    )  # there is a place for each of them everywhere
    db.execute(delete(EventQuota))
    for event, starts_at in db.execute(
        select(Event.id, Event.starts_at).where(Event.starts_at.is_not(None))
    ):
        db.add(Registration(event_id=event, person_id=person, created_at=now, changed_at=now))
        if starts_at and starts_at < now:
            db.add(
                Attendance(
                    event_id=event, person_id=person, minutes=1, source="import", recorded_at=now
                )
            )
    db.flush()
    return issue_certificate(
        db,
        actor=SYSTEM,
        now=now,
        person_id=person,
        course_edition_id=edition,
        address="http://localhost",
    )


def _plant_speaker(db: Session) -> None:
    for event in db.scalars(select(Event.id).where(Event.kind == "webinar")):
        db.add(EventPerson(event_id=event, person_id=_person(db, SPEAKER)))


FEW_PDFS = 2
"""How many PDFs of a kind a reader asks for. Their words are compressed, so that no canary is seen
in them here, and drawing one takes as long as fifty pages.
"""
FEW_REFUSED = 2
"""With how many objects of a kind each write is tried, and each page that is closed to the reader:
the answer is a refusal, in which the object does not occur.
"""


def _without_most_pdfs(wanted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    met = Counter[str]()
    for endpoint, path in wanted:
        met[endpoint] += 1
        if not path.endswith(".pdf") or met[endpoint] <= FEW_PDFS:
            yield endpoint, path


PLANNERS = ("organizer", "presidency", "convenor-labour")
FEW_READS = 5
"""How many objects of a kind, which differ from route to route and from planner to planner, each
planner is shown: they open the same pages, and together they open them of fifteen.
"""


def pages_of(planted: Planted, app: Flask, who: str, method: str = "GET") -> Iterator[Page]:
    known = objects_in(app, certificates=planted.certificates.values())

    def most_of(endpoint: str) -> int:
        if method != "GET":
            return FEW_REFUSED
        if who in PLANNERS:
            return FEW_READS
        return 0 if who in TRUTH[endpoint] else FEW_REFUSED

    turn = PLANNERS.index(who) if who in PLANNERS else 0
    wanted = _without_most_pdfs(
        addresses(app, known, planted.usual, method, most_of=most_of, turn=turn)
    )
    return crawl(
        app,
        who,
        [one for one in wanted if method == "GET" or not one[0].startswith("identity")],
        method,
    )


def seen(page: Page, codes: list[str]) -> set[str]:
    """The countries whose canary sits in the page. In an answer to a code only its address and
    institution count.
    """
    endings = (".mail", " instituto", " puesto") if page.endpoint in BY_CODE else ("",)
    text = (
        re.sub("kxq[a-z]{2}wvz instituto", "", page.text)
        if page.endpoint in OFFERS_INSTITUTIONS
        else page.text
    )
    return {code for code in codes if any(mark(code) + ending in text for ending in endings)}


def test_r50_a_focal_point_meets_her_own_country_and_no_other(
    planted: Planted, tmp_path: Path
) -> None:
    foreign = [code for code in CODES if code != "HN"]
    with copied(planted.file, tmp_path) as app:
        pages = [
            *pages_of(planted, app, "focal-point-hn"),
            *pages_of(planted, app, "focal-point-hn", "POST"),
        ]
    leaks = [f"{page.path}: {sorted(found)}" for page in pages if (found := seen(page, foreign))]
    assert not leaks, "\n".join(leaks)
    where = {page.endpoint for page in pages if seen(page, ["HN"])}
    assert where >= {
        "directory.roster",
        "directory.export_roster",
        "attendance.attendance",
        "certificates.country_certificates",
    }
    assert [page.endpoint for page in pages if _tells_code(page, planted, foreign)] == []


def _tells_code(page: Page, planted: Planted, codes: list[str]) -> bool:
    """Whether it hands out a foreign certificate's code that was not in the question."""
    found = {planted.certificates[code].casefold() for code in codes}
    text = page.text.replace("-", "")
    return any(code in text and code not in page.path.casefold() for code in found)


@pytest.mark.parametrize("who", ["official-hn", ANONYMOUS])
def test_r50_officials_and_visitors_meet_nobody(who: str, planted: Planted, tmp_path: Path) -> None:
    with copied(planted.file, tmp_path) as app:
        shown = list(pages_of(planted, app, who))
        pages = [*shown, *pages_of(planted, app, who, "POST")]
    leaks = [f"{page.path}: {sorted(found)}" for page in pages if (found := seen(page, CODES))]
    assert not leaks, "\n".join(leaks)
    assert [page.path for page in pages if _tells_code(page, planted, CODES)] == []
    by_code = [
        page for page in pages if page.endpoint in BY_CODE and page.answer.status_code == 200
    ]
    assert len(by_code) == 2 * len(CODES)
    assert all(sum(mark(code) in page.text for code in CODES) == 1 for page in by_code)
    assert _names_speakers_rightly(who, [page for page in shown if SPEAKER in page.text])


def _names_speakers_rightly(who: str, pages: list[Page]) -> bool:
    """A speaker is named on the event to whoever has signed in, with no address; to nobody else."""
    found = {page.endpoint for page in pages}
    if who == ANONYMOUS:
        return not found
    is_reachable = any(f"{SPEAKER}.mail" in page.text for page in pages)
    return "events_api.read_event" in found and found <= SPEAKER_PAGES and not is_reachable


@pytest.mark.parametrize("who", PLANNERS)
def test_r50_planners_meet_people_of_their_events_and_no_roster(
    who: str, planted: Planted, tmp_path: Path
) -> None:
    with copied(planted.file, tmp_path) as app:
        pages = list(pages_of(planted, app, who))
    leaks = [
        f"{p.path}: {found}"
        for p in pages
        if p.endpoint not in OF_AN_EVENT | (OF_THE_OFFICE if who == "organizer" else set())
        and (found := seen(p, CODES))
    ]
    assert not leaks, "\n".join(leaks)
    sheets = [
        page for page in pages if page.endpoint in OF_AN_EVENT and page.answer.status_code == 200
    ]
    assert any(seen(page, CODES) == set(CODES) for page in sheets)
    assert not any(
        mark(code) + ending in page.text
        for page in sheets
        for code in CODES
        for ending in (".mail", " instituto")
    )


def test_a_letter_holds_its_reader_and_nobody_else(planted: Planted, tmp_path: Path) -> None:
    """Everybody has a certificate, registers for one more webinar, and hears of its end."""
    with copied(planted.file, tmp_path) as app:
        actors = [actor_of(app, f"{mark(code)}.mail@example.org") for code in CODES]
        organizer, event = actor_of(app, "organizer"), UUID(planted.usual["event_id"])
        with app.app_context():
            _forget(event)
            for actor in actors:
                with transaction() as db:
                    register(
                        db,
                        actor=actor,
                        event_id=event,
                        consent_version=CONSENT_VERSION,
                        now=clock.now(),
                    )
            app.extensions["convoca_jobs"].drain()
            with transaction() as db:
                cancel_event(db, actor=organizer, event_id=event, now=clock.now())
            app.extensions["convoca_jobs"].drain()
            with reading() as db:
                letters = [
                    (m.recipient, f"{m.subject} {m.body}".casefold())
                    for m in db.scalars(select(Message))
                ]
    mine = {
        code: [text for to, text in letters if to == f"{mark(code)}.mail@example.org"]
        for code in CODES
    }
    assert {code: len(texts) for code, texts in mine.items()} == dict.fromkeys(CODES, 3)
    for to, text in letters:
        assert [code for code in CODES if mark(code) in text and mark(code) not in to] == []


def _forget(event: UUID) -> None:
    """Nobody is registered, and the event invites nobody in particular."""
    with transaction() as db:
        db.execute(
            update(Invitation).where(Invitation.event_id == event).values(revoked_at=clock.now())
        )
        for row in db.scalars(select(Registration).where(Registration.event_id == event)):
            db.delete(row)


def test_the_finder_of_people_tells_no_address_and_no_institution(
    planted: Planted, tmp_path: Path
) -> None:
    """Whoever plans may name a speaker of any country, and finds a name for it: never how to reach
    the person.
    """
    with copied(planted.file, tmp_path) as app:
        client = app.test_client()
        sign_in(client, "organizer")
        text = (
            client.post("/events/plan/people", data={"people_words": mark("GT")})
            .get_data(as_text=True)
            .casefold()
        )
        sign_in(client, "focal-point-hn")
        refused = client.post("/events/plan/people", data={"people_words": mark("GT")})
    assert f"{mark('gt')} persona" in text
    assert f"{mark('gt')}.mail" not in text
    assert f"{mark('gt')} instituto" not in text
    assert refused.status_code == 403
    assert f"{mark('gt')} persona" not in refused.get_data(as_text=True).casefold()
