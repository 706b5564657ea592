"""R55: what I agreed to, a copy of my data, and being forgotten, over the demo data and over every
table.
"""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, String, Text, cast, func, inspect, or_, select, text, update
from sqlalchemy.orm import Session

import app.wiring  # noqa: F401 - every table
from app.infra import clock
from app.infra.backups.places import places_of
from app.infra.database import database, reading, transaction
from app.infra.journal import JournalEntry
from app.infra.orm import Base, LocalizedTextType
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.office.handover.exports import personal_data as journal_about
from app.office.outbox.models import Message
from app.office.privacy.models import Consent
from app.office.privacy.queries import names_of_country
from app.office.privacy.services import (
    erase,
    give_up_names,
    set_consent,
    take_along,
    withdraw_event_consent,
)
from app.office.privacy.tasks import AGAIN
from app.office.privacy.values import Purpose
from app.participation.registrations.models import Invitation, Registration, RegistrationConsent
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import CONSENT_VERSION, Origin
from app.people.directory.models import Appointment, Country, Person
from app.people.directory.services.counts_only import take_up_names
from app.people.directory.services.people import ask_correction, erased_name
from app.people.directory.values import CorrectionWish
from app.people.identity.models import Account, RoleGrant, SignIn
from app.people.identity.rules import LastOrganizer
from app.planning.calendars.services import add_source
from app.planning.calendars.values import SourceDraft, SourceKind
from app.planning.events.models import Attendance, Event
from app.planning.scheduling.models import Resource
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import IssuedFrom
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Completion,
    CourseEdition,
    Enrolment,
)
from app.wiring.personal import PERSONAL_DATA
from tests.security.world import copy_in, opened
from tests.support import databases
from tests.support.actors import actor_of, bearer, csrf_token, sign_in

NAME, ADDRESS = "María José Ñáñez Güell", "official-hn@example.org"
KEPT_WITH_THE_NAME = {"certificate.facts"}
"""Printed on the certificate, which anybody who holds its code may verify, for whoever chooses so
where the page asks.
"""

KEEPER = {
    "account": "identity",
    "account_invitation": "identity",
    "code_app": "factors",
    "lost_factors": "factors",
    "passkey": "factors",
    "recovery_code": "factors",
    "address_change": "identity",
    "api_token": "identity",
    "feed_token": "identity",
    "role_grant": "identity",
    "kept_form": "identity",
    "sign_in": "identity",
    "sign_in_link": "identity",
    "linked_sign_in": "identity",
    "appointment": "directory",
    "correction_request": "directory",
    "person_correction": "directory",
    "focal_point": "directory",
    "membership": "directory",
    "attendance": "events",
    "event_person": "events",
    "named_part": "events",
    "registration": "events",
    "registration_consent": "events",
    "session_person": "events",
    "work_table": "events",
    "attempt": "learning",
    "enrolment": "learning",
    "attempt_item": "learning",
    "completion": "learning",
    "unit_progress": "learning",
    "check_answer": "learning",
    "lesson_note": "learning",
    "pretest": "learning",
    "learning_event": "learning",
    "package_enrolment": "packages",
    "package_result": "packages",
    "package_session": "packages",
    "attendance_change": "attendance",
    "attendance_interval": "attendance",
    "attendance_participant": "attendance",
    "attendance_import": "attendance",
    "refresher": "refreshers",
    "refresher_item": "refreshers",
    "refresher_wish": "refreshers",
    "review_card": "refreshers",
    "guest": "invitations",
    "outside_speaker": "speakers",
    "invitation": "invitations",
    "nomination": "invitations",
    "calendar_source": "calendars",
    "certificate": "certificates",
    "certificate_file": "certificates",
    "name_erasure": "certificates",
    "recognised_training": "recognised",
    "renewal_notice": "certificates",
    "course_due": "deadlines",
    "answer_address": "notifications",
    "mail_wish": "notifications",
    "message": "notifications",
    "letter_reader": "writing",
    "survey_answer": "surveys",
    "survey_ballot": "surveys",
    "good_practice": "practices",
    "agreement": "agreements",
    "agreement_proposal": "agreements",
    "agreement_review": "agreements",
    "closed_without_attendance": "agreements",
    "finding": "agreements",
    "table_member": "plans",
    "work_plan": "plans",
    "matrix_period": "matrix",
    "matrix_row": "matrix",
    "guidelines_review": "review",
    "review_answer": "review",
    "handover_note": "handover",
    "person_merge": "merging",
    "history_import": "history",
    "consent": "privacy",
}
WHO_DID_IT = {
    "successor_request",
    "webinar_request",
    "certificate_picture",
    "authorization_request",
    "annual_plan",
    "checklist_item",
    "conflict_case",
    "country_holiday",
    "course_draft",
    "draft_part",
    "event",
    "certificate_print",
    "event_step",
    "material",
    "override",
    "past_override",
    "package",
    "package_upload",
    "package_version",
    "revocation",
    "revocation_proposal",
    "rule_setting",
    "season",
    "series",
    "letter_text",
    "written_letter",
}
"""They name an account that did something. Once erased it belongs to nobody and has no address: the
number stays, as in the journal.
"""


def test_r55_every_table_that_leads_to_a_person_is_somebodys() -> None:
    leads = {"person", "account", "registration", "enrolment", "attempt", "certificate"}
    leads |= {"package_enrolment", "refresher"}
    found = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname.partition(".")[0] in leads
    }
    assert found == set(KEEPER) | WHO_DID_IT
    assert set(KEEPER.values()) <= {domain.name for domain in PERSONAL_DATA}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, in which official-hn has left traces everywhere that one can leave them."""
    file = tmp_path_factory.mktemp("erasing") / "world.sqlite3"
    databases.sqlite_copy(databases.demo_sqlite(), file)
    return file


@pytest.fixture
def demo(world: Path, tmp_path: Path) -> object:
    with opened(world, tmp_path) as app:
        yield app


def person_of(app: Flask) -> tuple[Actor, int]:
    her = actor_of(app, "official-hn")
    assert her.person_id is not None
    return her, her.person_id


def leave_traces(db: Session, her: Actor, person_id: int) -> None:
    now = clock.now()
    event_id = db.scalars(
        select(Event.id)
        .where(Event.status == "published", Event.starts_at > now, ~Event.is_confidential)
        .where(
            Event.id.not_in(
                select(Registration.event_id).where(Registration.person_id == person_id)
            )
        )
        .where(Event.id.not_in(select(Invitation.event_id)))
        .order_by(Event.starts_at.desc())
    ).first()
    assert event_id is not None
    register_person(
        db,
        actor=her,
        event_id=event_id,
        person_id=person_id,
        origin=Origin.SELF,
        consent_version=CONSENT_VERSION,
        now=now,
    )
    set_consent(db, actor=her, purpose=Purpose.CONTACT, is_given=True, now=now)
    ask_correction(db, actor=her, wish=CorrectionWish(email=ADDRESS, note="Mi correo."), now=now)
    draft = SourceDraft(
        SourceKind.PERSON, LocalizedText(), person_id, "https://calendar.example.org/hers.ics"
    )
    add_source(db, actor=her, draft=draft, now=now)
    db.add(
        Message(
            dedupe="a letter",
            person_id=person_id,
            recipient=ADDRESS,
            language="es",
            subject="Hola",
            body=f"Hola, {NAME}:",
            created_at=now,
        )
    )
    db.add(
        Message(
            dedupe="a link",
            recipient=ADDRESS,
            language="es",
            subject="Enlace",
            body="Enlace",
            created_at=now,
        )
    )
    if (
        db.scalar(select(Resource).where(Resource.kind == "person", Resource.key == str(person_id)))
        is None
    ):
        db.add(Resource(kind="person", key=str(person_id), label=LocalizedText(es=NAME, en=NAME)))
    db.flush()


def cells_that_hold(app: Flask, *words: str) -> set[str]:
    """Every text of every table in which one of the words stands, accents and case as they are."""
    found = set()
    with app.app_context(), reading() as db:
        for name in inspect(database.engine).get_table_names():
            table = Base.metadata.tables.get(name)
            if table is None:
                continue
            for column in table.columns:
                if isinstance(column.type, String | Text | JSON | LocalizedTextType):
                    shown = cast(column, Text)
                    spelled = {*words, *(json.dumps(word).strip('"') for word in words)}
                    where = or_(*(shown.contains(word, autoescape=True) for word in spelled))
                    if db.scalar(select(func.count()).select_from(table).where(where)):
                        found.add(f"{name}.{column.name}")
    return found


def test_r55_after_erasure_no_cell_holds_name_or_address(demo: Flask) -> None:
    her, person_id = person_of(demo)
    bearer(demo, "official-hn")
    with demo.app_context():
        with transaction() as db:
            leave_traces(db, her, person_id)
        assert cells_that_hold(demo, NAME, ADDRESS) >= {
            "person.full_name",
            "person.email",
            "account.email",
            "message.body",
            "message.recipient",
            "resource.label",
        }
        with transaction() as db:
            erase(db, actor=her, person_id=person_id, domains=PERSONAL_DATA, now=clock.now())
        assert cells_that_hold(demo, NAME, ADDRESS) <= KEPT_WITH_THE_NAME


def a_certificate(app: Flask, person_id: int) -> str:
    """The code of a certificate of one course more, which the person completed just now."""
    now = clock.now()
    with app.app_context(), transaction() as db:
        taken = select(Enrolment.edition_id).where(Enrolment.person_id == person_id)
        edition = db.scalars(
            select(CourseEdition)
            .where(CourseEdition.published_at.is_not(None), CourseEdition.id.not_in(taken))
            .order_by(CourseEdition.id)
        ).first()
        assert edition is not None
        enrolment = Enrolment(
            person_id=person_id,
            course_id=edition.course_id,
            edition_id=edition.id,
            language="es",
            started_at=now,
            closed_at=now,
        )
        db.add(enrolment)
        db.flush()
        db.add(
            Completion(enrolment_id=enrolment.id, module_id=None, rule_version="1", decided_at=now)
        )
        db.flush()
        return issue_certificate(
            db,
            actor=SYSTEM,
            now=now,
            person_id=person_id,
            course_edition_id=edition.id,
            place=IssuedFrom("https://convoca.example.org"),
        )


@pytest.mark.parametrize(("names", "is_kept"), [("kept", True), ("erased", False)])
def test_r55_closing_an_account_asks_for_the_name_on_certificates(
    demo: Flask, names: str, is_kept: bool
) -> None:
    """Kept, the name is printed as before; erased, no cell holds it and it can be typed."""
    _her, person_id = person_of(demo)
    code = a_certificate(demo, person_id)
    client = demo.test_client()
    sign_in(client, "official-hn")
    page = client.get("/account/close?lang=es").text
    assert "Dejar mi nombre en ellos" in page
    assert "Quitar mi nombre; queda solo una marca que nadie puede leer" in page
    unanswered = client.post("/account/close?lang=es", data={"csrf_token": csrf_token(client)})
    assert unanswered.status_code == 422
    assert unanswered.text.count("Elija si el nombre queda en los certificados.") == 2
    answer = client.post("/account/close", data={"csrf_token": csrf_token(client), "names": names})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert cells_that_hold(demo, NAME, ADDRESS) == (KEPT_WITH_THE_NAME if is_kept else set())
    visitor = demo.test_client()
    shown = visitor.get(f"/verify/{code}?lang=es").text
    assert "Vigente" in shown
    assert (NAME in shown) == is_kept
    typed = visitor.post(
        f"/verify/{code}/name?lang=es", data={"csrf_token": csrf_token(visitor), "name": NAME}
    )
    assert ("Coincide." in typed.text) == (not is_kept)


def test_r55_secretariat_is_asked_for_the_name_on_certificates_too(demo: Flask) -> None:
    _her, person_id = person_of(demo)
    code = a_certificate(demo, person_id)
    client = demo.test_client()
    sign_in(client, "organizer")
    page = f"/privacy/people/{person_id}"
    assert "Keep the name on them" in client.get(f"{page}?lang=en").text
    token = {"csrf_token": csrf_token(client)}
    refused = client.post(f"{page}/erase?lang=en", data=token)
    assert refused.status_code == 422
    assert refused.text.count("Choose whether the name stays on the certificates.") == 2
    assert client.post(f"{page}/erase", data={**token, "names": "erased"}).status_code == 303
    assert NAME not in client.get(f"/verify/{code}").text
    data = client.post(f"{page}/data.json", data=token).get_json()
    assert data["certificates"]["certificates"][-1]["name_taken_away_at"]


def test_r55_whoever_has_no_certificate_is_not_asked(demo: Flask) -> None:
    client = demo.test_client()
    sign_in(client, "organizer")
    assert "Keep my name on them" not in client.get("/account/close?lang=en").text


def test_r55_the_account_is_closed_and_what_is_counted_stays(demo: Flask) -> None:
    her, person_id = person_of(demo)
    today = clock.today()
    with demo.app_context():
        with reading() as db:
            seen = db.scalar(
                select(func.count())
                .select_from(Attendance)
                .where(Attendance.person_id == person_id)
            )
        with transaction() as db:
            leave_traces(db, her, person_id)
            erase(db, actor=her, person_id=person_id, domains=PERSONAL_DATA, now=clock.now())
        with reading() as db:
            account = db.get_one(Account, her.account_id)
            assert (account.active, account.person_id, account.password) == (False, None, None)
            assert not db.scalars(select(SignIn).where(SignIn.account_id == her.account_id)).all()
            grants = db.scalars(
                select(RoleGrant).where(RoleGrant.account_id == her.account_id)
            ).all()
            assert grants
            assert all(
                grant.valid_until is not None and grant.valid_until <= today for grant in grants
            )
            posts = db.scalars(select(Appointment).where(Appointment.person_id == person_id)).all()
            assert all(post.valid_until is not None for post in posts)
            still = db.scalar(
                select(func.count())
                .select_from(Attendance)
                .where(Attendance.person_id == person_id)
            )
            assert still == seen
            coming = (
                select(Registration.status)
                .join(Event)
                .where(
                    Registration.person_id == person_id,
                    Event.starts_at > clock.now(),
                    Event.status == "published",
                )
            )
            assert set(db.scalars(coming)) <= {"cancelled", "declined"}
            assert not db.scalars(
                select(Consent).where(
                    Consent.person_id == person_id, Consent.withdrawn_at.is_(None)
                )
            ).all()
            told = db.scalars(
                select(JournalEntry.fact).where(JournalEntry.subject_kind == "person")
            ).all()
            assert "PersonErased" in told


def test_r55_the_journal_and_the_answers_hold_ids_only(demo: Flask) -> None:
    her, person_id = person_of(demo)
    with demo.app_context():
        with transaction() as db:
            leave_traces(db, her, person_id)
            erase(db, actor=her, person_id=person_id, domains=PERSONAL_DATA, now=clock.now())
        with reading() as db:
            assert not db.scalar(
                text("select count(*) from journal_entry where payload like '%@%'")
            )
            mine = select(Enrolment.id).where(Enrolment.person_id == person_id)
            said = select(AttemptItem.response).join(Attempt).where(Attempt.enrolment_id.in_(mine))
            assert all(response == [] for response in db.scalars(said))


def test_r55_a_copy_holds_what_every_domain_keeps_and_is_itself_a_fact(demo: Flask) -> None:
    her, person_id = person_of(demo)
    with demo.app_context(), transaction() as db:
        leave_traces(db, her, person_id)
        data = take_along(
            db, actor=her, person_id=person_id, domains=PERSONAL_DATA, now=clock.now()
        )
        assert set(data) == {domain.name for domain in PERSONAL_DATA}
        assert json.loads(json.dumps(data)) == data, "plain values only"
        assert data["directory"]["person"]["full_name"] == NAME
        assert data["identity"]["account"]["email"] == ADDRESS
        assert {one["subject"] for one in data["notifications"]["letters"]} >= {"Hola"}
        assert data["calendars"]["busy_hours"] == [
            {"address": "https://calendar.example.org/hers.ics"}
        ]
        assert data["privacy"]["consents"][0]["purpose"] == "contact"
        assert data["events"]["registrations"]
        lines = data["journal"]["entries"]
        assert {one["by"] for one in lines} >= {"usted", "Convoca"}
        assert any(NAME in one["what"] for one in lines)
        told = db.scalars(select(JournalEntry).where(JournalEntry.fact == "ExportMade")).all()
        assert [(one.payload["kind"], one.payload["scope"]) for one in told][-1:] == [
            ("personal-data", str(person_id))
        ]
        assert "password" not in json.dumps(data).replace("has_password", "")
        assert "sha256" not in json.dumps(data)


def test_r55_another_person_is_none_of_mine(demo: Flask) -> None:
    _her, person_id = person_of(demo)
    other = actor_of(demo, "official-gt")
    with demo.app_context(), transaction() as db:
        for do in (take_along, erase):
            with pytest.raises(NotAllowed):
                do(db, actor=other, person_id=person_id, domains=PERSONAL_DATA, now=clock.now())
        with pytest.raises(NotFound):
            erase(db, actor=SYSTEM, person_id=2**70, domains=PERSONAL_DATA, now=clock.now())
        assert db.get_one(Person, person_id).full_name == NAME


def test_r55_somebody_must_still_run_the_platform(demo: Flask) -> None:
    organizer = actor_of(demo, "organizer")
    assert organizer.person_id is not None
    with demo.app_context(), transaction() as db:
        db.execute(
            update(RoleGrant)
            .where(RoleGrant.role == Role.ORGANIZER, RoleGrant.account_id != organizer.account_id)
            .values(valid_until=clock.today())
        )
    with demo.app_context(), transaction() as db, pytest.raises(LastOrganizer):
        erase(
            db,
            actor=organizer,
            person_id=organizer.person_id,
            domains=PERSONAL_DATA,
            now=clock.now(),
        )


def test_r55_what_was_of_free_will_is_taken_back_and_the_rest_is_not(demo: Flask) -> None:
    her, person_id = person_of(demo)
    now = clock.now()
    with demo.app_context(), transaction() as db:
        leave_traces(db, her, person_id)
        row = db.scalars(
            select(Registration)
            .where(Registration.person_id == person_id)
            .order_by(Registration.id.desc())
        ).first()
        assert row is not None
        for purpose in ("recording", "attendance-list"):
            key = (row.id, purpose, CONSENT_VERSION)
            if db.get(RegistrationConsent, key) is None:
                db.add(
                    RegistrationConsent(
                        registration_id=row.id,
                        purpose=purpose,
                        version=CONSENT_VERSION,
                        given_at=now,
                    )
                )
        db.flush()
        assert (
            withdraw_event_consent(
                db, actor=her, event_id=row.event_id, purpose="recording", now=now
            )
            is True
        )
        assert (
            withdraw_event_consent(
                db, actor=her, event_id=row.event_id, purpose="recording", now=now
            )
            is False
        )
        assert (
            withdraw_event_consent(
                db, actor=her, event_id=row.event_id, purpose="attendance-list", now=now
            )
            is False
        )
        assert (
            withdraw_event_consent(
                db, actor=her, event_id=row.event_id, purpose="no purpose", now=now
            )
            is False
        )
        kept = {
            one.purpose: one.withdrawn_at
            for one in db.scalars(
                select(RegistrationConsent).where(RegistrationConsent.registration_id == row.id)
            )
        }
        assert kept["recording"] == now
        assert kept["attendance-list"] is None


def test_name_and_address_of_an_erased_person_are_in_no_byte_of_the_data(
    demo: Flask, tmp_path: Path
) -> None:
    """Not in the write-ahead log, which holds rows as they were, nor in pages that were freed, nor in
    a stored file. Pressed at the screen, as the secretariat does, and looked for at once.
    """
    her, person_id = person_of(demo)
    with demo.app_context(), transaction() as db:
        leave_traces(db, her, person_id)
    assert files_that_hold(tmp_path, NAME, ADDRESS)
    client = demo.test_client()
    sign_in(client, "organizer")
    answer = client.post(
        f"/privacy/people/{person_id}/erase", data={"csrf_token": csrf_token(client)}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy")
    assert files_that_hold(tmp_path, NAME, ADDRESS) == set()


def files_that_hold(folder: Path, *words: str) -> set[str]:
    """The files of the data folder, and those of the database, in which one of the words stands."""
    spelled = [word.encode() for word in words] + [
        json.dumps(word)[1:-1].encode() for word in words
    ]
    return {
        path.name
        for path in copy_in(folder).parent.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in spelled)
    }


def given_up(code: str) -> frozenset[int]:
    """Lets a country give no names; returns whom that erases."""
    with transaction() as db:
        going = names_of_country(db, code, clock.today()).going
        give_up_names(
            db,
            actor=SYSTEM,
            country_code=code,
            domains=PERSONAL_DATA,
            now=clock.now(),
        )
    return going


def test_who_was_erased_after_a_backup_is_erased_again_when_it_is_restored(app: Flask) -> None:
    """Of those who stand in it; a number given since may be somebody else's tomorrow. A country that
    gives no names since gives none again, unless it took them up later.
    """
    _her, person_id = person_of(app)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["backup", "make"]).exit_code == 0
    with app.app_context():
        with transaction() as db:
            newcomer = Person(full_name="Nadie", sort_key="nadie", timezone="UTC")
            db.add(newcomer)
            db.flush()
            for number in (person_id, newcomer.id):
                erase(db, actor=SYSTEM, person_id=number, domains=PERSONAL_DATA, now=clock.now())
        going = {str(number) for code in ("GT", "SV") for number in given_up(code)}
        with transaction() as db:
            take_up_names(db, actor=SYSTEM, country_code="SV", now=clock.now())
        platform(app).jobs.drain()
        [place] = places_of(platform(app).settings)
        written = place.notes()
        assert {name for name in written if name.isdecimal()} == {
            str(person_id),
            str(newcomer.id),
            *going,
        }
        assert not any(NAME.encode() in content for content in written.values())
    restored = runner.invoke(args=["backup", "restore", "--replace"])
    assert f"and so once more: {1 + len(going)} people." in restored.output
    assert "Gives no names since, and so again: GT." in restored.output
    assert cells_that_hold(app, NAME, ADDRESS) == set()
    with app.app_context(), reading() as db:
        assert not (platform(app).settings.data / AGAIN).exists()
        silent = select(Country.code).where(Country.counts_only_since.is_not(None))
        assert db.scalars(silent).all() == ["GT"]
        assert not names_of_country(db, "GT", clock.today()).appointments
        assert db.get_one(Person, person_id).full_name == erased_name(person_id)
        assert db.get(Person, newcomer.id) is None


def test_r55_copy_names_nobody_else_and_says_who_took_one(demo: Flask) -> None:
    """The journal names who acts to those who read it; the copy of what one did does not."""
    _her, person_id = person_of(demo)
    office, focal = actor_of(demo, "organizer"), actor_of(demo, "focal-point-hn")
    assert office.person_id is not None
    assert focal.person_id is not None
    with demo.app_context(), transaction() as db:
        for number in (person_id, focal.person_id):
            take_along(db, actor=office, person_id=number, domains=PERSONAL_DATA, now=clock.now())
        db.flush()
        name = db.get_one(Person, focal.person_id).full_name
        told = [
            " ".join(one["what"] for one in journal_about(db, number)["entries"])
            for number in (office.person_id, focal.person_id, person_id)
        ]
    assert "personal data of one person" in told[0] or "datos personales de una persona" in told[0]
    assert name not in told[0]
    assert name in told[1]
    assert NAME in told[2]
