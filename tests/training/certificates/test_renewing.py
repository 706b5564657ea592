"""Renewing: a new enrolment beside the old one, of the whole course or of what changed."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Person
from app.training.certificates.models import Certificate
from app.training.certificates.queries.register import my_certificates, public_certificate
from app.training.certificates.queries.renewals import renewals_of
from app.training.certificates.rules import renewal_kind
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.services.renewing import renew_certificate
from app.training.certificates.values import CertificateStatus, IssuedFrom, RenewalKind
from app.training.learning.models import Attempt, Completion, Enrolment, ItemOption
from app.training.learning.queries.courses import seat_of
from app.training.learning.queries.quiz import attempt_head, marked_questions
from app.training.learning.queries.records import audit
from app.training.learning.rules.progress import NothingToRenew
from app.training.learning.services.publishing import EditionIsPublished
from app.training.learning.values import (
    NO_TEXT,
    ChangeClass,
    ChangeContent,
    CourseContent,
    Keeping,
)
from app.training.turnover.queries import figures
from app.training.turnover.rules.coverage import coverage_on
from tests.security.test_races import together
from tests.training.certificates.builders import ADDRESS, Finished, finished
from tests.training.learning.builders import (
    LESSON_1,
    LESSON_2,
    NOW,
    QUIZ_1,
    QUIZ_2,
    Classroom,
    some_content,
)
from tests.training.learning.test_views import statements_of
from tests.training.learning.visitor import BASE, Visitor

TODAY = NOW.date()
SOON = TODAY + timedelta(days=90)
FONTS = 2
"""Of each page: regular and bold."""


@pytest.fixture
def room(app: Flask) -> Classroom:
    classroom = Classroom(app)
    classroom.publish()
    return classroom


def certify(room: Classroom, learner: Actor, edition_id: int) -> str:
    room.read(learner, LESSON_1)
    room.sit(learner, QUIZ_1)
    room.read(learner, LESSON_2)
    room.sit(learner, QUIZ_2)
    return issued(room, learner, edition_id)


def issued(room: Classroom, learner: Actor, edition_id: int) -> str:
    with room.app.app_context(), transaction() as db:
        return issue_certificate(
            db,
            actor=SYSTEM,
            now=room.now,
            person_id=learner.person_id or 0,
            course_edition_id=edition_id,
            place=IssuedFrom(ADDRESS),
        )


def renew(room: Classroom, learner: Actor, today: date) -> None:
    with room.app.app_context(), transaction() as db:
        renew_certificate(
            db, actor=learner, course_slug=room.course, language="es", now=room.now, today=today
        )


TOLD = LocalizedText({"es": "Un teléfono seguido no llega.", "en": "A followed phone stays out."})


def changed(edition: str, change: ChangeClass, told: LocalizedText = NO_TEXT) -> CourseContent:
    """The small course again, with something said about an objective of its second module."""
    return replace(some_content(edition), changes=(ChangeContent("two", "B-O1", change, told),))


@pytest.mark.both_databases
def test_after_re_certification_the_old_certificate_verifies_and_last_years_coverage_is_the_same(
    app: Flask,
) -> None:
    """learning.md, what others got wrong: "Reset to re-certify; cannot tell never from formerly
    trained" (Moodle recompletion). After re-certification the certificate of before still verifies
    and coverage as of then is unchanged; attempts and completions stay.
    """
    room = Classroom(app, now=datetime(2024, 12, 2, 15, tzinfo=UTC))
    edition = room.publish()
    with app.app_context(), transaction() as db:
        serving = finished(db, country="HN", completed=False, edition_id=edition)
        db.execute(update(Appointment).values(valid_from=date(2024, 1, 1)))
    learner = serving.actor("HN")
    old = certify(room, learner, edition)
    then = date(2025, 6, 1)
    before = coverage(app, then)
    with app.app_context(), reading() as db:
        ends_on = my_certificates(db, actor=learner, today=then)[0].facts
        assert ends_on is not None
        assert ends_on.last_valid_on == date(2026, 12, 2)
        attempts = sorted(db.scalars(select(Attempt.id)))
        assert coverage(app, TODAY) == coverage(app, then) == (1, 1)
    with pytest.raises(NothingToRenew):
        renew(room, learner, then)
    room.now = NOW
    renew(room, learner, TODAY)
    new = certify(room, learner, edition)
    assert new != old
    assert new == issued(room, learner, edition), "one certificate of each enrolment"
    assert coverage(app, then) == before
    assert coverage(app, date(2028, 1, 1)) == (1, 1)
    with app.app_context(), reading() as db:
        assert public_certificate(db, old, today=TODAY).status is CertificateStatus.VALID
        ended = public_certificate(db, old, today=date(2027, 1, 1))
        assert ended.status is CertificateStatus.EXPIRED
        assert set(attempts) < set(db.scalars(select(Attempt.id)))
        assert db.scalar(select(func.count()).where(Completion.module_id.is_(None))) == 2
        assert list(audit(db)) == []


def coverage(app: Flask, on: date) -> tuple[int, int]:
    with app.app_context(), reading() as db:
        terms = figures.terms_by_country(db, "HN", on, on)["HN"]
        (found,) = coverage_on((on,), terms, figures.holdings_of(db, "HN", on, on))
    assert found is not None
    return found.certified, found.serving


@pytest.mark.both_databases
def test_renewed_by_two_presses_at_once_it_is_one_open_enrolment(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        somebody = finished(db, decided_at=NOW - timedelta(days=3 * 365))
        somebody.certificate(db)

    def press() -> UUID:
        with transaction() as db:
            return renew_certificate(
                db,
                actor=somebody.actor(),
                course_slug="guidelines",
                language="es",
                now=NOW,
                today=TODAY,
            )

    renewed = together(app, [press] * 2)
    with app.app_context(), reading() as db:
        opened = db.scalars(select(Enrolment).where(Enrolment.closed_at.is_(None))).one()
        assert renewed == [opened.id] * 2
        assert opened.renews_id == somebody.enrolment_id
    with pytest.raises(IntegrityError), app.app_context(), transaction() as db:
        db.add(second_open(somebody, opened.course_id))


def second_open(somebody: Finished, course_id: int) -> Enrolment:
    return Enrolment(
        person_id=somebody.person_id,
        course_id=course_id,
        edition_id=somebody.edition_id,
        language="en",
        started_at=NOW,
    )


def test_only_modules_that_changed_materially_are_offered_and_renew_the_certificate(
    client: FlaskClient, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: room.now)
    monkeypatch.setattr(clock, "today", lambda *_zone: room.now.date())
    learner = room.learner()
    room.enrol(learner)
    with room.app.app_context(), reading() as db:
        first = seat_of(db, actor=learner, slug="guidelines").outline.edition_id
    old = certify(room, learner, first)
    visitor = Visitor(client, learner)
    room.publish(changed("2026.2", ChangeClass.MINOR), room.now + timedelta(days=1))
    page = visitor.get(BASE)
    assert "Renovar" not in page, "what is not material asks nothing of anybody"
    assert "La edición 2026.2 no cambia nada que usted deba tomar de nuevo" in page
    material = changed("2026.3", ChangeClass.MATERIAL, TOLD)
    newest = room.publish(material, room.now + timedelta(days=2))
    room.publish(changed("2026.4", ChangeClass.EDITORIAL), room.now + timedelta(days=3))
    page = visitor.get(BASE)
    assert "1 módulo cambió desde su certificado; cerca de 4 minutos." in page
    assert TOLD["es"] in page
    assert "Empezar el curso" not in page
    assert "Renovar" in visitor.get("/certificates")
    assert visitor.press(f"{BASE}/renewals").location.endswith(BASE)
    with room.app.app_context(), reading() as db:
        seat = seat_of(db, actor=learner, slug="guidelines")
        one, two = seat.outline.available
        assert seat.outline.edition_id > newest
        assert seat.standing.completed_modules == {one.id}
    room.read(learner, LESSON_2)
    room.sit(learner, QUIZ_2)
    new = issued(room, learner, seat.outline.edition_id)
    with room.app.app_context(), reading() as db:
        kept, renewed = (public_certificate(db, code, today=TODAY) for code in (old, new))
        assert kept.status is renewed.status is CertificateStatus.VALID
        assert kept.facts is not None
        assert renewed.facts is not None
        assert (kept.facts.edition, renewed.facts.edition) == ("2026.1", "2026.4")
        assert renewals_of(db, actor=learner, today=TODAY)["guidelines"].kind is None
        assert list(audit(db)) == [], "what was credited follows from events"
    assert two.id


def test_whoever_takes_an_edition_is_told_what_a_later_one_put_right(
    client: FlaskClient, room: Classroom
) -> None:
    learner = room.learner()
    room.enrol(learner)
    visitor = Visitor(client, learner)
    room.publish(changed("2026.2", ChangeClass.MINOR), room.now + timedelta(days=1))
    assert "Se publicó la edición" not in visitor.get(BASE), "nobody has anything to tell"
    room.publish(changed("2026.3", ChangeClass.MINOR, TOLD), room.now + timedelta(days=2))
    page = visitor.get(BASE)
    assert "Se publicó la edición 2026.3. Esto cambió y conviene que lo sepa:" in page
    assert TOLD["es"] in page
    assert "Usted termina la edición 2026.1 y su certificado la nombra." in page
    assert "tomar solo los módulos que cambiaron" not in page, "nothing is to be taken again"
    room.publish(changed("2026.4", ChangeClass.MATERIAL), room.now + timedelta(days=3))
    page = visitor.get(BASE)
    assert "Se publicó la edición 2026.4." in page
    assert TOLD["es"] in page, "what edition 2026.3 told is true of 2026.4 too"
    assert "Después puede tomar solo los módulos que cambiaron." in page
    newcomer = room.learner("Ana Newcomer")
    room.enrol(newcomer)
    assert "Se publicó la edición" not in Visitor(client, newcomer).get(BASE)


def test_the_pages_ask_as_much_of_two_certificates_as_of_one(
    client: FlaskClient, room: Classroom
) -> None:
    with room.app.app_context(), transaction() as db:
        somebody = finished(db, decided_at=NOW - timedelta(days=3 * 365))
        somebody.certificate(db)
    visitor = Visitor(client, somebody.actor())
    one = statements_of(room.app, lambda: visitor.get("/certificates"))
    certify_again(room, somebody)
    assert statements_of(room.app, lambda: visitor.get("/certificates")) == one <= 10


def certify_again(room: Classroom, somebody: Finished) -> None:
    with room.app.app_context(), transaction() as db:
        before = db.scalars(select(func.count(Certificate.id))).one()
        again = finished(db, decided_at=NOW - timedelta(days=9))
        db.execute(
            update(Enrolment)
            .where(Enrolment.id == again.enrolment_id)
            .values(person_id=somebody.person_id)
        )
        replace(again, person_id=somebody.person_id).certificate(db)
        assert db.scalar(select(func.count(Certificate.id))) == before + 1
        assert db.get(Person, again.person_id)


def test_six_certificates_are_shown_in_fifteen_requests(
    client: FlaskClient, room: Classroom
) -> None:
    with room.app.app_context(), transaction() as db:
        somebody = finished(db)
        somebody.certificate(db)
    for _ in range(5):
        certify_again(room, somebody)
    page = Visitor(client, somebody.actor()).get("/certificates")
    assert page.count('class="own-certificate"') == 6
    assert page.count("<img ") == 2
    fetched = re.findall(r'<img |<script src="|<link rel="stylesheet"', page)
    assert 1 + FONTS + len(fetched) <= 15


@pytest.mark.parametrize(
    ("status", "until", "keeps", "kind"),
    [
        (CertificateStatus.VALID, SOON, Keeping.NOTHING, RenewalKind.WHOLE),
        (CertificateStatus.VALID, SOON, Keeping.READING, RenewalKind.QUIZ),
        (CertificateStatus.VALID, SOON + timedelta(days=1), Keeping.READING, None),
        (CertificateStatus.VALID, SOON + timedelta(days=1), Keeping.MODULES, RenewalKind.CHANGES),
        (CertificateStatus.SUPERSEDED, SOON, Keeping.MODULES, RenewalKind.CHANGES),
        (CertificateStatus.VALID, None, Keeping.READING, None),
        (CertificateStatus.EXPIRED, TODAY, Keeping.MODULES, RenewalKind.WHOLE),
        (CertificateStatus.REVOKED, SOON, Keeping.READING, RenewalKind.WHOLE),
        (CertificateStatus.UNKNOWN, None, Keeping.MODULES, None),
    ],
)
def test_how_a_certificate_is_renewed(
    status: CertificateStatus, until: date | None, keeps: Keeping, kind: RenewalKind | None
) -> None:
    assert renewal_kind(status, until, keeps=keeps, today=TODAY) is kind


def test_a_changed_key_is_a_new_edition_and_old_attempts_keep_text_and_score(
    room: Classroom,
) -> None:
    """learning.md, what others got wrong: "Editing a live question re-points old attempts" (Moodle).
    The key of a published question cannot change; in the next edition it is another question, and
    old attempts keep their text and score.
    """
    learner = room.learner()
    room.enrol(learner)
    room.read(learner, LESSON_1)
    attempt_id = room.sit(learner, QUIZ_1, right=2)
    before = review(room, learner, attempt_id)
    content = some_content("2026.2")
    one, *others = content.modules
    items = tuple(
        replace(
            item,
            options=tuple(replace(o, is_correct=not o.is_correct) for o in item.options),
        )
        for item in one.items
    )
    turned = replace(content, modules=(replace(one, items=items), *others))
    with pytest.raises(EditionIsPublished):
        room.publish(replace(turned, edition="2026.1"))
    room.publish(turned, room.now + timedelta(days=1))
    assert review(room, learner, attempt_id) == before
    with room.app.app_context(), pytest.raises(DBAPIError), transaction() as db:
        db.execute(update(ItemOption).values(is_correct=True))


def review(room: Classroom, learner: Actor, attempt_id: UUID) -> tuple[object, ...]:
    with room.app.app_context(), reading() as db:
        head = attempt_head(db, actor=learner, attempt_id=attempt_id)
        score = db.scalar(select(Attempt.score).where(Attempt.id == attempt_id))
        return (score, head.is_passed, marked_questions(db, head=head))
