"""The demo data with more in it: what stands in addresses, and an application over a copy of one's
own.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.routing import Rule

from app.followup.agreements.models import Agreement, AgreementParty, PriorityIssue, TableFinding
from app.followup.agreements.values import ActivityDraft
from app.followup.matrix.queries import country_matrix, open_period_of
from app.followup.matrix.rules import row_key
from app.followup.matrix.services import add_row, open_period, pass_row, prefill_rows
from app.followup.matrix.values import GivenEvidence, PeriodDraft, RowDraft, RowState
from app.followup.plans.services import add_member, write_activity
from app.followup.practices.services import keep_practice, submit_practice
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.followup.review.queries import current_review
from app.followup.review.services import open_guidelines_review
from app.infra import clock
from app.infra.database import transaction
from app.infra.files import files
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.reference import reference_day
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.history.models import HistoryImport
from app.office.merging.services import merge_people
from app.office.outbox.models import Message
from app.office.outbox.rules import wish_key
from app.office.writing.models import WrittenLetter
from app.participation.attendance.models import AttendanceImport, AttendanceParticipant
from app.participation.materials.services import add_material
from app.participation.materials.values import GivenFile, MaterialDraft, MaterialKind, Visibility
from app.participation.registrations.models import Registration
from app.people.access.models import AccessRequest
from app.people.access.services import ask_for_access
from app.people.access.values import AccessWish
from app.people.directory.models import (
    Appointment,
    HeldNewcomer,
    Institution,
    Person,
    Post,
    PresidencyTerm,
    WorkingGroup,
)
from app.people.identity.models import Account, AccountInvitation
from app.people.identity.services.inviting import invite_person
from app.people.identity.services.roles import grant_role
from app.people.identity.services.tokens import issue_feed_token
from app.people.identity.values import Confirmation
from app.planning.agenda.services import add_session
from app.planning.calendars.services import add_source
from app.planning.calendars.values import SourceDraft, SourceKind
from app.planning.cycles.services.editions import save_table
from app.planning.cycles.services.plans import add_entry
from app.planning.events.models import AuthorizationRequest, Event, EventGroup, FundingSource
from app.planning.events.rules.joining import short_of
from app.planning.events.values import EntryDraft, SessionDraft, SessionKind, TableDraft, body_key
from app.planning.scheduling.models import ConflictCase, Resource
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.services.cases import open_case
from app.planning.scheduling.values import Party
from app.planning.seasons.services import create_season
from app.planning.seasons.values import SeasonDraft, WishRow
from app.training.authoring import services as authoring
from app.training.authoring.models import DraftPart
from app.training.authoring.values import CoursePartKind
from app.training.certificates.models import (
    Certificate,
    CertificatePicture,
    CertificatePrint,
    SignatoryTerm,
)
from app.training.certificates.services.files import keep_file
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import MEDIA_OF, IssuedFrom, PaperSize
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Completion,
    CourseFigure,
    CourseVideo,
    Enrolment,
    Item,
    LessonCheck,
    Module,
    Unit,
)
from app.training.learning.services.study import start_enrolment
from app.training.learning.values import GUIDELINES
from app.training.national.models import NationalLine
from app.training.packages.rules.addresses import KeyPurpose, key_of
from app.training.packages.services import enrol, open_session
from app.training.recognised.models import RecognisedTraining
from app.training.refreshers.models import RefresherItem, RefresherRow
from app.training.refreshers.rules import choice_key, refresher_key
from app.training.requests.models import SuccessorRequest, WebinarRequest
from app.training.requests.services import ask_webinar
from config import Settings
from tests.security import canaries
from tests.security.invited import invited, token_in
from tests.support import apps, databases, session
from tests.support.actors import actor_of
from tests.support.drawn import drawn_once
from tests.support.issuer import lay_keys
from tests.support.lifetime import close_app
from tests.training.packages.builders import imported, uploaded

Objects = dict[str, str]
FILE, OBJECTS, CERTIFICATES = "world.sqlite3", "objects.json", "certificates.json"
COPY = "copy"
KEYS = "credentials.pem"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EDITION, UNPLANNED_YEAR = "congress-next", 2090
"""The coming one; a work table of it and an entry of an annual plan are `table_id` and
`entry_id`.
"""
LAST = (
    "access.block",
    "agreements.take_out_finding",
    "agreements.take_out_issue",
    "agreements.close_confirmed",
    "cycles.remove_entry",
    "cycles.take_table_away",
    "events.cancel_confirmed",
    "events_api.cancel_by_program",
    "invitations.cancel_guest_place",
    "matrix.close_period",
    "matrix.remove",
    "national.remove_line",
    "plans.remove_activity",
    "plans.unseat",
    "speakers.ask_speaker_again",
    "speakers.protect_speaker",
    "speakers.take_speaker_out",
    "history.drop",
)
"""Routes that end what other questions need are asked last."""
FINAL = ("privacy.erase_somebody", "privacy.close_account_confirmed")
"""In this order: whoever asks is nobody afterwards."""


def built() -> tuple[Path, Objects]:
    """The demo database in which official-hn also has an open quiz and a certificate, and each
    country a canary: made once, to be copied.
    """
    folder = session.once("world", _build)
    return folder / FILE, json.loads((folder / OBJECTS).read_text())


def certificates_of_canaries() -> dict[str, str]:
    """The code of each canary's certificate, by country."""
    found: dict[str, str] = json.loads((built()[0].parent / CERTIFICATES).read_text())
    return found


def _build(folder: Path) -> None:
    folder.mkdir()
    shutil.copy(databases.demo_sqlite(), folder / FILE)
    shutil.copytree(databases.demo_data(), folder / "var")
    app = apps.made(_settings(folder / FILE))
    with drawn_once():
        her = actor_of(app, "official-hn")
        with app.app_context():
            (folder / OBJECTS).write_text(json.dumps(belongings(her)))
            with transaction() as db:
                lay_keys(db, folder / "var" / KEYS, begins_at=clock.now())
        (folder / CERTIFICATES).write_text(json.dumps(canaries.planted(app)))
    close_app(app)


def _settings(file: Path) -> Settings:
    keys = file.parent / "var" / KEYS
    return databases.settings_for(
        databases.sqlite_url(file),
        file.parent / "var",
        demo=True,
        jitsi_url="https://meet.example.org",
        credential_file=keys if keys.exists() else None,
    )


@contextmanager
def opened(file: Path, folder: Path) -> Iterator[Flask]:
    """This worker's application for the demo, lent with a copy of `file` and of the data beside it.

    The copy is `copy_in(folder)`. A PDF that another reader was given is not drawn again.
    """
    home = apps.empty_folder("demo", folder / COPY)
    shutil.copy(file, home / FILE)
    beside = file.parent / "var"
    shutil.copytree(beside if beside.exists() else databases.demo_data(), home / "var")
    with apps.lent(_settings(home / FILE)) as app, drawn_once():
        yield app


def copy_in(folder: Path) -> Path:
    """The database file of the application that `opened` or `copied` has lent with `folder`."""
    return folder / COPY / FILE


@contextmanager
def copied(file: Path, folder: Path) -> Iterator[Flask]:
    """As `opened`; what is asked is who may and what holds, not whether the form is fresh."""
    with opened(file, folder) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield app


def belongings(her: Actor) -> Objects:
    now = clock.now()
    with transaction() as db:
        enrolment = start_enrolment(db, actor=her, course_slug="guidelines", language="es", now=now)
        edition_id = db.get_one(Enrolment, enrolment).edition_id
        db.add(Completion(enrolment_id=enrolment, module_id=None, rule_version="1", decided_at=now))
        attempt = _open_attempt(db, enrolment, edition_id)
        db.add(
            Resource(
                kind="licence",
                key="a-licence",
                label=LocalizedText(es="Zoom 500", en="Zoom 500"),
                capacity=2,
            )
        )
        assert her.person_id is not None
        code = issue_certificate(
            db,
            actor=SYSTEM,
            now=now,
            person_id=her.person_id,
            course_edition_id=edition_id,
            place=IssuedFrom("http://localhost"),
        )
        return {
            "event_id": str(_coming_webinar(db)),
            "enrolment_id": str(enrolment),
            "number": "1",
            "body_key": _together(db),
            "short": short_of(UUID(str(_coming_webinar(db)))),
            "code": code,
            "certificate_file": _file_of(db, code, now=now),
            "country_code": "HN",
            "attempt_id": str(attempt.id),
            "session_id": str(_sitting(db)),
            "slug": "guidelines",
            "task": "verify",
            "listed": "focal-points",
            "sha256": _figure_of(db, edition_id),
            "check_code": _check_of(db, edition_id),
            "module_slug": "01-framework",
            "section_code": "III.1",
            "unit_code": "M1-L1",
            "screen": "1",
            "position": "1",
            "token": issue_feed_token(db, account_id=her.account_id, now=now),
            "token_id": "987654",
            "sign_in_id": "987654",
            "passkey_id": "987654",
            "name": "holiday",
            "key": "a-licence",
            "wish_key": wish_key(databases.KEYS, her.person_id),
            "message_id": str(_message(db, now)),
            "letter_id": str(_letter(db, now)),
            "authorization_id": str(_request(db, now)),
            "kind": "cancelled",
            "persona": "official-hn",
            "program": "zoom",
            "nonce": "0" * 32,
            "on": f"{now.year + 1}-01-01",
            "source_id": str(_calendar(db, her)),
            "calendar_id": str(_calendar(db, her)),
            "term_id": str(
                db.scalars(select(PresidencyTerm.id).order_by(PresidencyTerm.valid_from)).first()
            ),
            "appointment_id": str(_left(db)),
            "grant_id": "987654",
            "person_id": str(her.person_id),
            "season_id": str(_season(db)),
            "case_id": str(_case(db, her.person_id)),
            **_attended(db, her.person_id),
            **_invited(db, her),
            **(cycle := _cycle(db)),
            **_waiting_for_the_secretariat(db, now),
            **_agreed(db, int(cycle["table_id"])),
            **_matrix(db, now),
            **_handed_out(db, her),
            "institution_id": (institution := str(_institution(db))),
            "of_kind": "institution",
            "of_id": institution,
            **(office := _office(db)),
            **_requested(db, office, now),
            **_access(db, now),
            **_package(db, her, now),
            **_course_in_work(db, edition_id),
            **_refreshed(db, her),
            **_reviewed(db, now),
            "training_id": str(_training(db)),
            "batch_id": str(uuid4()),
            "sheet_id": str(_sheet(db)),
            "ending": "csv",
            "print_id": str(_print(db, code, now=now)),
            **_signed(db, now),
            "line_id": str(
                db.scalars(select(NationalLine.id).where(NationalLine.country_code == "HN")).first()
            ),
        }


def _sheet(db: Session) -> int:
    """A sheet of earlier years of Honduras that waits to be saved."""
    waiting = select(HistoryImport.id).where(HistoryImport.country_code == "HN")
    return db.scalars(waiting).one()


def _training(db: Session) -> int:
    """The certificate of another platform that waits, with a file."""
    waiting = select(RecognisedTraining).where(RecognisedTraining.accepted_at.is_(None))
    row = db.scalars(waiting).one()
    row.file_key, row.media_type = files().put(b"%PDF-1.7 a certificate"), "application/pdf"
    return row.id


def _print(db: Session, code: str, *, now: datetime) -> UUID:
    """The file for a printer that the organizer asked for."""
    organizer = select(Account.id).where(Account.email == "organizer@example.org")
    content = b"%PDF-1.7 pages"
    row = CertificatePrint(
        id=uuid4(),
        account_id=db.scalars(organizer).one(),
        country_code="",
        codes=code,
        drawn=1,
        missing=0,
        sha256=files().put(content).rpartition("/")[2],
        size=len(content),
        asked_at=now,
        made_at=now,
    )
    db.add(row)
    db.flush()
    return row.id


def _signed(db: Session, now: datetime) -> Objects:
    """Whoever signs certificates, with a picture of the signature."""
    signature = b"\x89PNG of a signature"
    sha256 = files().put(signature).rpartition("/")[2]
    db.add(CertificatePicture(sha256=sha256, size=len(signature), stored_at=now))
    db.flush()
    term = SignatoryTerm(
        name="Ana Firmante",
        role=LocalizedText(es="Secretaría", en="Secretariat"),
        valid_from=now.date() + timedelta(days=900),
        signature=sha256,
    )
    db.add(term)
    db.flush()
    return {"signatory": str(term.id), "signature": sha256}


def _package(db: Session, her: Actor, now: datetime) -> Objects:
    """One that she has opened, and another one that waits for its author's word."""
    slug = imported(db, now=now)
    enrolment_id = enrol(db, actor=her, slug=slug, now=now)
    visit_id = open_session(db, actor=her, enrolment_id=enrolment_id, item_key="I1", now=now)
    own, host = databases.KEYS, "localhost"
    return {
        "package_slug": slug,
        "package_path": "index.html",
        "visit_id": str(visit_id),
        "upload_id": str(uploaded(db, now=now)),
        "launch_key": key_of(visit_id, KeyPurpose.LAUNCH, keys=own, host=host),
        "files_key": key_of(enrolment_id, KeyPurpose.FILES, keys=own, host=host),
    }


def _refreshed(db: Session, her: Actor) -> Objects:
    """Questions that wait for her, and the keys that a letter about them carries."""
    assert her.person_id is not None
    now, refresher_id = clock.now(), uuid4()
    row = RefresherRow(
        id=refresher_id,
        person_id=her.person_id,
        language="es",
        sent_at=now,
        ends_at=now + timedelta(days=14),
    )
    db.add(row)
    db.flush()
    check_id = db.scalars(select(LessonCheck.id).order_by(LessonCheck.id)).first()
    db.add(
        RefresherItem(
            refresher_id=refresher_id,
            position=1,
            check_id=check_id,
            response=[],
            is_correct=None,
            answered_at=None,
        )
    )
    return {
        "refresher_key": refresher_key(databases.KEYS, str(refresher_id)),
        "choice_key": choice_key(databases.KEYS, her.person_id),
    }


def _reviewed(db: Session, now: datetime) -> Objects:
    """The demo's review of the Guidelines, opened, with a challenge and a section of it."""
    review = current_review(db, actor=SYSTEM, today=now.date())
    assert review is not None
    until = now.date() + timedelta(days=90)
    open_guidelines_review(db, actor=SYSTEM, review_id=review.id, answers_until=until, now=now)
    return {
        "review_id": str(review.id),
        "challenge_key": "climate-change",
        "section_code": "III.1",
    }


def _office(db: Session) -> Objects:
    """An institution of Honduras where people serve, a vacant post of it, and somebody who serves."""
    post, serving = db.execute(
        select(Post, Appointment.id)
        .join(Institution)
        .join(Appointment)
        .where(Institution.country_code == "HN", Appointment.valid_until.is_(None), Post.is_target)
        .order_by(Appointment.id)
        .limit(1)
    ).one()
    vacant = Post(institution_id=post.institution_id, title=post.title)
    db.add(vacant)
    db.flush()
    return {"office": str(post.institution_id), "post_id": str(vacant.id), "serving": str(serving)}


def _requested(db: Session, office: Objects, now: datetime) -> Objects:
    """A letter that asked the office about its vacant post, and a webinar that Honduras wishes for."""
    asked = SuccessorRequest(
        id=uuid4(),
        institution_id=int(office["office"]),
        post_ids=[int(office["post_id"])],
        asked_on=now.date(),
    )
    db.add(asked)
    db.flush()
    event_id = ask_webinar(
        db,
        actor=Actor(grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}), country="HN"),
        country_code="HN",
        course_slug=GUIDELINES,
        wish="Lo que más se pregunta.",
        today=now.date(),
        now=now,
    )
    wish_id = db.scalars(select(WebinarRequest.id).where(WebinarRequest.event_id == event_id)).one()
    return {"asked_id": str(asked.id), "wish_id": str(wish_id)}


def _institution(db: Session) -> int:
    """One of Honduras in which nobody serves."""
    row = Institution(country_code="HN", name=LocalizedText(es="Oficina sin nadie"), kind="other")
    db.add(row)
    db.flush()
    return row.id


def _access(db: Session, now: datetime) -> Objects:
    """A colleague of Honduras who is invited, with a role, and somebody who asks for access."""
    person = Person(
        full_name="Colega Invitada",
        sort_key="colega invitada",
        email="colega@example.org",
        country_code="HN",
        timezone="America/Tegucigalpa",
    )
    db.add(person)
    db.flush()
    assert invite_person(db, actor=SYSTEM, person_id=person.id, now=now)
    account = db.scalars(select(Account).where(Account.person_id == person.id)).one()
    grant = grant_role(
        db,
        actor=SYSTEM,
        account_id=account.id,
        role=Role.OFFICIAL,
        scope="HN",
        valid_from=now.date(),
        now=now,
    )
    wish = AccessWish("Persona Nueva", "nueva@example.org", "HN", "Instituto", "Webinarios", "es")
    ask_for_access(db, wish=wish, now=now)
    asked = db.scalars(select(AccessRequest.id)).one()
    twice = [
        Person(
            full_name="Doble Registro",
            sort_key="doble registro",
            email="doble@example.org",
            country_code="HN",
            timezone="America/Tegucigalpa",
        )
        for _ in range(2)
    ]
    db.add_all(twice)
    db.flush()
    merge_id = merge_people(db, actor=SYSTEM, kept_id=twice[0].id, gone_id=twice[1].id, now=now)
    return {
        "merge_id": str(merge_id),
        "colleague": str(account.id),
        "colleagues_grant": str(grant),
        "request_id": str(asked),
        "access_invitation": str(
            db.scalars(
                select(AccountInvitation.id).where(AccountInvitation.account_id == account.id)
            ).one()
        ),
    }


def _request(db: Session, now: datetime) -> UUID:
    """To move the coming webinar of Protection."""
    event = db.get_one(Event, _coming_webinar(db))
    assert event.starts_at is not None
    assert event.ends_at is not None
    week = timedelta(days=7)
    request = AuthorizationRequest(
        event_id=event.id,
        starts_at=event.starts_at + week,
        ends_at=event.ends_at + week,
        timezone=event.timezone,
        reason="La jueza solo puede ese día.",
        asked_at=now,
        decide_by=now + week,
        state="open",
        answer="",
    )
    db.add(request)
    db.flush()
    return request.id


def _letter(db: Session, now: datetime) -> UUID:
    """That was written to the people of the coming webinar of Protection."""
    event_id = _coming_webinar(db)
    assert isinstance(event_id, UUID)
    letter = WrittenLetter(
        id=uuid4(),
        event_id=event_id,
        audiences=["registered"],
        subject=LocalizedText(es="Aviso"),
        text=LocalizedText(es="Traiga su informe."),
        people=0,
        written_at=now,
    )
    db.add(letter)
    db.flush()
    return letter.id


def _invited(db: Session, her: Actor) -> Objects:
    """To the coming webinar of Protection."""
    event_id = _coming_webinar(db)
    assert isinstance(event_id, UUID)
    return invited(db, event_id, her)


def _sitting(db: Session) -> object:
    """A session of the coming webinar, of the length of the whole."""
    event = db.get_one(Event, _coming_webinar(db))
    assert event.starts_at is not None
    assert event.ends_at is not None
    draft = SessionDraft(
        SessionKind.PLENARY, LocalizedText(es="Plenaria"), Timespan(event.starts_at, event.ends_at)
    )
    return add_session(db, actor=SYSTEM, event_id=event.id, draft=draft, now=clock.now())


def _message(db: Session, now: datetime) -> int:
    """One that came back: it may be settled in every way."""
    message = Message(
        dedupe="1.returned",
        recipient="nobody@example.org",
        language="es",
        subject="Devuelto",
        body="x",
        created_at=now,
        sent_at=now,
        bounced_at=now,
        bounce_note="5.1.1 550 User unknown",
    )
    db.add(message)
    db.flush()
    return message.id


def _case(db: Session, person_id: int) -> object:
    """Somebody who is needed in the webinar has left."""
    holder, party = f"event:{_coming_webinar(db)}", Party.person(person_id, "Persona")
    open_case(
        db, holder=holder, against="", rule=None, party=party, cause=Cause.LEFT, now=clock.now()
    )
    return db.scalars(select(ConflictCase.id)).one()


def _attended(db: Session, person_id: int) -> Objects:
    """A report that was sent for the webinar, with her in it, and the code that opens its door to
    her.
    """
    now, event_id, code = clock.now(), _coming_webinar(db), "0123456789ABCDEFGHJKMNPQRS"
    sent = AttendanceImport(
        event_id=event_id,
        sha256="0" * 64,
        file_key="",
        filename="informe.csv",
        provider="zoom",
        state="ready",
        rows=1,
        skipped=0,
        starts_at=now,
        ends_at=now,
        uploaded_at=now,
    )
    db.add(sent)
    db.flush()
    db.add(
        AttendanceParticipant(
            import_id=sent.id,
            position=0,
            name="María Ñáñez",
            email="",
            minutes=5,
            spans=[],
            verdict="doubtful",
            suggestions=[[person_id, 80]],
        )
    )
    where = (Registration.event_id == event_id, Registration.person_id == person_id)
    mine = db.scalar(select(Registration).where(*where))
    if mine is None:
        mine = Registration(event_id=event_id, person_id=person_id, created_at=now, changed_at=now)
        db.add(mine)
    mine.status, mine.check_in_code = "registered", code
    db.flush()
    return {"import_id": str(sent.id), "check_in_code": code}


def _cycle(db: Session) -> Objects:
    """A work table of the coming edition with an institution of Honduras and an activity, and an
    entry in a plan that nobody has approved.
    """
    now, entry = clock.now(), EntryDraft(LocalizedText(es="Seminarios", en="Webinars"))
    draft = TableDraft(LocalizedText(es="Mesa", en="Table"))
    table_id = save_table(db, actor=SYSTEM, slug=EDITION, draft=draft, now=now)
    institution_id = db.scalars(
        select(Institution.id).where(Institution.country_code == "HN").order_by(Institution.id)
    ).first()
    assert institution_id is not None
    member_id = add_member(
        db, actor=SYSTEM, work_table_id=table_id, institution_id=institution_id, now=now
    )
    activity = ActivityDraft(LocalizedText(es="Actividad", en="Activity"))
    return {
        "table_id": str(table_id),
        "table_member_id": str(member_id),
        "activity_id": str(
            write_activity(db, actor=SYSTEM, work_table_id=table_id, draft=activity, now=now)
        ),
        "year": str(UNPLANNED_YEAR),
        "entry_id": str(add_entry(db, actor=SYSTEM, year=UNPLANNED_YEAR, draft=entry, now=now)),
    }


def _agreed(db: Session, table_id: int) -> Objects:
    """An agreement of the coming webinar that Honduras answers for, a priority issue of it, a
    finding of the table.
    """
    now, event_id, text = clock.now(), _coming_webinar(db), LocalizedText(es="Una", en="One")
    agreement = Agreement(
        event_id=event_id, number=901, text=text, verb="commit", created_at=now, changed_at=now
    )
    issue = PriorityIssue(event_id=event_id, position=1, text=text)
    finding = TableFinding(
        work_table_id=table_id, kind="finding", position=1, text=text, created_at=now
    )
    db.add_all([agreement, issue, finding])
    db.flush()
    db.add(AgreementParty(agreement_id=agreement.id, kind="country", key="HN", country_code="HN"))
    db.flush()
    return {
        "agreement_id": str(agreement.id),
        "issue_id": str(issue.id),
        "finding_id": str(finding.id),
    }


def _matrix(db: Session, now: datetime) -> Objects:
    """A row of Honduras in a period that is open, and a fact of Honduras that a file proves."""
    today = reference_day(now)
    period = open_period_of(db, today=today)
    days = PeriodDraft(
        edition="congress-6",
        covers_from=today - timedelta(days=90),
        opens_on=today - timedelta(days=9),
        closes_on=today + timedelta(days=20),
    )
    period_id = period.id if period else open_period(db, actor=SYSTEM, draft=days, now=now)
    prefill_rows(db, period_id=period_id, now=now)
    rows = [
        row
        for row in country_matrix(
            db, actor=SYSTEM, period_id=period_id, country="HN", today=today
        ).agreed
        if row.state is RowState.DRAFT
    ]
    fact = RowDraft(
        fact=LocalizedText(es="Se abrió una ventanilla.", en="A counter was opened."),
        evidence=GivenEvidence(files().put(b"%PDF-1.7"), "prueba.pdf"),
    )
    number = pass_row(db, actor=SYSTEM, row_id=rows[-1].id, to="consular@example.org", now=now)
    return {
        "agreed_row_id": str(rows[0].id),
        "row_key": row_key(databases.KEYS, rows[-1].id, number),
        "row_id": str(
            add_row(db, actor=SYSTEM, period_id=period_id, country="HN", draft=fact, now=now)
        ),
        "period_id": str(period_id),
    }


def _handed_out(db: Session, her: Actor) -> Objects:
    """A public note of the coming webinar, a good practice of hers that waits, the same as the
    office published it, and a source of funds.
    """
    now, event_id = clock.now(), _coming_webinar(db)
    assert isinstance(event_id, UUID)
    note = MaterialDraft(
        MaterialKind.CONCEPT_NOTE,
        LocalizedText(es="Nota", en="Note"),
        "es",
        Visibility.PUBLIC,
        file=GivenFile("nota.txt", b"Nota"),
    )
    practice = PracticeDraft(
        Category.POLICY,
        LocalizedText(es="Una"),
        LocalizedText(es="Se hizo."),
        "Alianza",
        OrganisationType.ACADEMIA,
    )
    material_id = add_material(
        db, actor=SYSTEM, event_id=event_id, draft=note, file_key=files().put(b"Nota"), now=now
    )
    practice_id = submit_practice(db, actor=her, draft=practice, event_id=None, now=now)
    published = keep_practice(db, actor=SYSTEM, draft=practice, now=now)
    fund = db.scalars(select(FundingSource.slug).order_by(FundingSource.id)).first()
    return {
        "material_id": str(material_id),
        "practice_id": str(practice_id),
        "published_practice": str(published),
        "fund": str(fund),
    }


def _waiting_for_the_secretariat(db: Session, now: datetime) -> Objects:
    """A newcomer whose address belongs elsewhere, and an account that was made for somebody
    else.
    """
    institution = db.scalars(select(Institution.id).where(Institution.country_code == "HN")).first()
    held = HeldNewcomer(
        country_code="HN",
        full_name="Una Persona",
        email="una@example.org",
        asked_at=now,
        institution_id=institution,
        post_title="Oficial",
        valid_from=now.date(),
    )
    denied = Account(
        email="otra.persona@example.org",
        fs_uniquifier="denied",
        created_at=now,
        active=False,
        confirmation=Confirmation.DENIED,
    )
    db.add_all([held, denied])
    db.flush()
    return {"held_id": str(held.id), "account_id": str(denied.id)}


def _left(db: Session) -> int | None:
    """The post in Honduras that somebody left last."""
    gone = (
        select(Appointment.id)
        .join(Post)
        .join(Institution)
        .where(Institution.country_code == "HN", Appointment.valid_until.is_not(None))
    )
    return db.scalars(
        gone.order_by(Appointment.valid_until.desc(), Appointment.id).limit(1)
    ).first()


def _season(db: Session) -> object:
    """Two webinars, waiting to be planned."""
    first = clock.now().date() + timedelta(days=60)
    rows = tuple(
        WishRow(LocalizedText(es=f"Seminario {n}", en=f"Webinar {n}"), ("protection",))
        for n in (1, 2)
    )
    draft = SeasonDraft("Temporada", first, first + timedelta(days=60), rows=rows)
    return create_season(db, actor=SYSTEM, draft=draft, now=clock.now())


def _calendar(db: Session, her: Actor) -> int:
    """Her busy hours, at an address that is never asked: jobs are off."""
    draft = SourceDraft(
        SourceKind.PERSON, LocalizedText(), her.person_id, "https://calendar.example.org/hers.ics"
    )
    return add_source(db, actor=her, draft=draft, now=clock.now())


def _course_in_work(db: Session, edition_id: int) -> Objects:
    """A film of the edition's first module, and a draft with a part of each kind that an address
    may name: `part_of` the endpoints of authoring.
    """
    now, stored = clock.now(), files().put(b"film").rpartition("/")[2]
    module_id = db.scalars(select(Module.id).where(Module.edition_id == edition_id)).first()
    both = LocalizedText(es="Uno", en="One")
    film = CourseVideo(
        module_id=module_id,
        code="M1-V0",
        title=both,
        sha256=stored,
        media_type="video/mp4",
        captions=LocalizedText(es="WEBVTT"),
        transcript=both,
    )
    db.add(film)
    db.flush()
    place: dict[str, Any] = {"actor": SYSTEM, "now": now}
    draft = authoring.start_course(db, title=both, summary=both, document="", **place)
    course = db.scalars(select(DraftPart.id).where(DraftPart.draft_id == draft)).one()

    def add(parent_id: int, kind: CoursePartKind, **data: object) -> int:
        return authoring.add_part(
            db, draft_id=draft, parent_id=parent_id, kind=kind, data={**data}, **place
        )

    module = add(course, CoursePartKind.MODULE, title=dict(both))
    lesson = add(module, CoursePartKind.LESSON, title=dict(both))
    drawing = {"media_type": "image/svg+xml", "width": 64, "height": 36, "svg": "<svg/>"}
    removed, spare = (add(module, CoursePartKind.QUESTION, stem=dict(both)) for _ in range(2))
    authoring.remove_part(db, draft_id=draft, part_id=removed, **place)
    return {
        "draft_id": str(draft),
        "part_id": str(add(lesson, CoursePartKind.SCREEN, body=dict(both))),
        "language": "es",
        "format_": "gift",
        "video_id": str(film.id),
        "film_sha256": stored,
        "module_part": str(module),
        "picture_part": str(add(module, CoursePartKind.PICTURE, files={"es": drawing})),
        "film_part": str(add(module, CoursePartKind.VIDEO, sha256=stored, media_type="video/mp4")),
        "removed_part": str(removed),
        "spare_part": str(spare),
    }


PART_OF = {
    "authoring.new_part": "module_part",
    "authoring.add_part": "module_part",
    "authoring.questions": "module_part",
    "authoring.bank": "module_part",
    "authoring.import_bank": "module_part",
    "authoring.export_bank": "module_part",
    "authoring.picture": "picture_part",
    "authoring.film": "film_part",
    "authoring.restore_part": "removed_part",
    "authoring.remove_part": "spare_part",
}


def _file_of(db: Session, code: str, *, now: datetime) -> str:
    """The hash of a file of a certificate, which whoever has the file may look up."""
    certificate_id = db.scalars(select(Certificate.id).where(Certificate.code == code)).one()
    kind, sha256 = MEDIA_OF[PaperSize.LETTER], "c" * 64
    return keep_file(
        db, now=now, certificate_id=certificate_id, media_type=kind, sha256=sha256, size=1
    )


def _figure_of(db: Session, edition_id: int) -> str:
    """The fingerprint of a figure of the edition's first module."""
    module_id = db.scalars(
        select(Module.id).where(Module.edition_id == edition_id).order_by(Module.number)
    ).first()
    figure = CourseFigure(
        module_id=module_id,
        code="M1-F0",
        language="es",
        sha256="0" * 64,
        width=64,
        height=36,
        body='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 36"/>',
    )
    db.add(figure)
    db.flush()
    return figure.sha256


def _check_of(db: Session, edition_id: int) -> str:
    """A check under the first screen of the edition."""
    unit_id = db.scalars(
        select(Unit.id)
        .join(Module)
        .where(Module.edition_id == edition_id)
        .order_by(Module.number, Unit.position)
    ).first()
    text = {"text": {"es": "Sí"}, "feedback": {"es": "Sí"}}
    check = LessonCheck(
        unit_id=unit_id,
        code="M1-L1-K0",
        screen=1,
        kind="truefalse",
        stem=LocalizedText(es="¿?"),
        options=[{**text, "correct": True}, {**text, "correct": False}],
    )
    db.add(check)
    db.flush()
    return check.code


def _open_attempt(db: Session, enrolment: object, edition_id: int) -> Attempt:
    quiz = db.scalars(
        select(Unit)
        .join(Module)
        .where(Module.edition_id == edition_id, Unit.kind == "quiz")
        .order_by(Unit.id)
    ).first()
    assert quiz is not None
    assert quiz.pass_mark is not None
    attempt = Attempt(
        enrolment_id=enrolment,
        unit_id=quiz.id,
        number=1,
        language="es",
        started_at=clock.now(),
        pass_mark=quiz.pass_mark,
    )
    db.add(attempt)
    db.flush()
    items = db.scalars(
        select(Item)
        .where(Item.module_id == quiz.module_id)
        .options(selectinload(Item.options))
        .limit(1)
    )
    for position, item in enumerate(items, start=1):
        db.add(
            AttemptItem(
                attempt_id=attempt.id,
                item_id=item.id,
                position=position,
                option_order=[option.id for option in item.options],
                response=[],
            )
        )
    return attempt


def _coming_webinar(db: Session) -> object:
    found = db.scalar(
        select(Event.id)
        .join(EventGroup)
        .join(WorkingGroup)
        .where(
            WorkingGroup.slug == "protection",
            Event.starts_at > clock.now(),
            Event.status == "published",
        )
        .order_by(Event.starts_at)
        .limit(1)
    )
    assert found is not None
    return found


def _together(db: Session) -> str:
    """Names a body that holds the coming webinar with us."""
    event = db.get(Event, _coming_webinar(db))
    assert event is not None
    event.partners = ["Cuerpo Vecino"]
    db.flush()
    return body_key("Cuerpo Vecino")


def routes(app: Flask) -> list[tuple[str, str, Rule]]:
    found = [
        (rule.endpoint, method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if rule.endpoint != "static" and method in METHODS
    ]
    return sorted(found, key=_order)


def _order(route: tuple[str, str, Rule]) -> tuple[int, bool, bool, str, str]:
    endpoint, method, _rule = route
    final = FINAL.index(endpoint) + 1 if endpoint in FINAL else 0
    return final, endpoint.startswith("identity"), endpoint in LAST, endpoint, method


def _of_a_course(rule: Rule, objects: Objects) -> Objects:
    """What addresses of a course's files and of its draft name otherwise than other addresses."""
    if rule.endpoint == "learning.course_file":
        return {"sha256": objects["film_sha256"]}
    part = PART_OF.get(rule.endpoint)
    kind = {"kind": "lesson"} if "kind" in rule.arguments and part else {}
    return {"part_id": objects[part], **kind} if part else {}


def _of_certificates(rule: Rule, objects: Objects) -> Objects:
    """What addresses of certificates name otherwise than other addresses."""
    if rule.endpoint == "certificates.verify_file":
        return {"sha256": objects["certificate_file"]}
    if rule.rule.startswith("/certificates/papers/"):
        return {
            "kind": "speaker",
            "term_id": objects["signatory"],
            "sha256": objects["signature"],
        }
    return {"kind": "attendance"} if rule.endpoint == "certificates.issue_at_event" else {}


NAMES_OF_COUNTRIES = {
    "privacy.names_of_country",
    "privacy.give_up_names",
    "privacy.take_up_names",
    "privacy.notice_of_country",
    "privacy.write_notice",
}


def _of_a_country(rule: Rule, objects: Objects) -> Objects:
    """What addresses below a country name otherwise than other addresses."""
    if rule.endpoint == "turnover.funnel":
        return {"slug": objects["slug"]}
    if rule.endpoint.startswith(("turnover", "directory", "who_is_who", "matrix", "recognised")):
        return {"code": "HN", "slug": "protection", "name": "not-certified"}
    if rule.endpoint.startswith(
        ("offices.", "person_history.", "requests.", "notifications.successors")
    ):
        own = {"institution_id": objects["office"], "appointment_id": objects["serving"]}
        return {"code": "HN", **own}
    if rule.endpoint.startswith("national."):
        return {"code": "HN", "kind": "office"}
    if rule.endpoint.startswith(("writing.", "declared.")) or rule.endpoint in NAMES_OF_COUNTRIES:
        return {"code": "HN"}
    return {}


def _of_a_sheet(rule: Rule, objects: Objects) -> Objects:
    is_one = rule.endpoint.startswith("history.")
    return {"import_id": objects["sheet_id"], "kind": "roster"} if is_one else {}


def values_for(rule: Rule, objects: Objects) -> Objects:
    values = {name: objects[name] for name in rule.arguments}
    if own := _of_a_country(rule, objects):
        values = {name: own.get(name) or objects[name] for name in rule.arguments}
    if rule.endpoint.startswith("setup.") and "name" in rule.arguments:
        values["name"] = "webinar"
    if rule.endpoint == "setup.show_link":
        values["invitation_id"] = objects["access_invitation"]
    if rule.endpoint.startswith("access."):
        own = {"account_id": objects["colleague"], "grant_id": objects["colleagues_grant"]}
        values = {name: own.get(name) or objects[name] for name in rule.arguments}
    if rule.endpoint.startswith("speakers.") and "person_id" in rule.arguments:
        values["person_id"] = objects["speaker"]
    if rule.rule.startswith("/good-practices/<uuid:practice_id>/repository"):
        values["practice_id"] = objects["published_practice"]
    if token := token_in(rule.rule):
        values["token"] = objects[token]
    if rule.rule.startswith("/editions/<slug>"):
        values["slug"] = EDITION
    if rule.rule.startswith("/funding/<slug>"):
        values["slug"] = objects["fund"]
    if rule.endpoint == "matrix.write":
        values["row_id"] = objects["agreed_row_id"]
    if rule.endpoint.startswith("programme.group_feed"):
        values = {"slug": "protection"}
    values |= _of_a_course(rule, objects) | _of_certificates(rule, objects)
    values |= _of_a_sheet(rule, objects)
    if "attempt" in rule.endpoint and "unit_code" in rule.arguments:
        values["unit_code"] = "M1-Q"
    return values


def filled(rule: Rule, values: Objects) -> str:
    path = rule.rule
    for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", path):
        path = path.replace(f"<{converter}:{name}>" if converter else f"<{name}>", values[name])
    return path


def address(rule: Rule, objects: Objects) -> str:
    return filled(rule, values_for(rule, objects))
