"""Issuing once, freezing everything, ending for good."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.training.certificates.models import Certificate, NameErasure, Revocation
from app.training.certificates.queries.achievements import Earned
from app.training.certificates.queries.register import my_certificate_of, public_certificate
from app.training.certificates.rules import NameNotPrintable, is_code
from app.training.certificates.services.ending import AlreadyRevoked, revoke_certificate
from app.training.certificates.services.issuing import NotCompleted, issue_certificates
from app.training.certificates.values import (
    CertificateStatus,
    IssuedFrom,
    RevocationReason,
    canonical_json,
    facts_from,
    fingerprint_of,
)
from app.training.learning.models import Course
from app.training.library.models import GuidelineVersion
from tests.planning.events.rows import counted_statements
from tests.security.test_races import together
from tests.training.certificates.builders import (
    EVENING,
    Finished,
    a_correction,
    a_presidency,
    an_organizer,
    finished,
)

pytestmark = pytest.mark.usefixtures("app_context")
DAY = date(2026, 11, 24)


def facts_named(fact: str) -> int:
    with reading() as db:
        return (
            db.scalar(
                select(func.count()).select_from(JournalEntry).where(JournalEntry.fact == fact)
            )
            or 0
        )


@pytest.mark.both_databases
def test_r48_finish_pressed_twice_gives_one_certificate_and_one_code() -> None:
    with transaction() as db:
        somebody = finished(db)
    with transaction() as db:
        first = somebody.certificate(db)
    with transaction() as db:
        second = somebody.certificate(
            db, now=datetime(2026, 12, 1, tzinfo=UTC), actor=somebody.actor()
        )
    assert first == second
    assert is_code(first)
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 1
    assert facts_named("CertificateIssued") == 1


def test_certificates_of_many_are_issued_by_the_same_statements_each_at_its_own_instant(
    app: Flask,
) -> None:
    with transaction() as db:
        one = finished(db)
        many = [
            finished(db, edition_id=one.edition_id, country=code) for code in ("CR", "DO", "BZ")
        ]
        another = finished(db, edition_id=one.edition_id)
        unfinished = finished(db, edition_id=one.edition_id, completed=False)

    def issue(people: list[Finished]) -> tuple[list[str], int]:
        earned = [
            Earned(somebody.person_id, somebody.edition_id, EVENING + timedelta(days=number))
            for number, somebody in enumerate(people)
        ]
        with transaction() as db, counted_statements(app) as sent:
            codes = issue_certificates(
                db, actor=SYSTEM, earned=earned, place=IssuedFrom("https://convoca.example.org")
            )
        return codes, len(sent)

    (first,), few = issue([one])
    codes, statements = issue(many)
    assert statements == few
    assert issue([*many, one, many[0]])[0] == [*codes, first, codes[0]]
    with reading() as db:
        issued = db.execute(select(Certificate.code, Certificate.person_id, Certificate.issued_at))
        rows = {code: (person_id, at) for code, person_id, at in issued}
        at = select(JournalEntry.at).where(JournalEntry.fact == "CertificateIssued")
        told = db.scalars(at.order_by(JournalEntry.id)).all()
    assert {code: rows[code] for code in codes} == {
        code: (somebody.person_id, EVENING + timedelta(days=number))
        for number, (code, somebody) in enumerate(zip(codes, many, strict=True))
    }
    assert told == [EVENING, *(EVENING + timedelta(days=number) for number in range(3))]
    with pytest.raises(NotCompleted):
        issue([another, unfinished])
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 4, "all or none"


def test_everything_printed_is_frozen_at_issue() -> None:
    with transaction() as db:
        somebody = finished(db)
        a_presidency(db)
        code = somebody.certificate(db)
    with transaction() as db:
        before = db.scalar(select(Certificate.facts))
        db.execute(update(Person).values(full_name="Otro Nombre"))
        db.execute(update(Course).values(title=LocalizedText(es="Otro curso")))
        db.execute(
            text("UPDATE presidency_term SET valid_from = '2020-01-01', valid_until = '2021-01-01'")
        )
    with reading() as db:
        row = db.scalars(select(Certificate)).one()
        record = public_certificate(db, code, today=DAY)
    assert row.facts == before
    facts = facts_from(row.facts)
    assert row.facts_sha256 == fingerprint_of(canonical_json(facts))
    assert record.facts == facts
    assert facts.holder_name == "María José Ñáñez Güell de la O"
    assert (facts.issuer_name, facts.issuer_role["en"]) == (
        "Ana Lucía Solís Quirós",
        "RCM Presidency Pro-Tempore 2026, Costa Rica",
    )
    assert (facts.institution["en"], facts.country["es"]) == ("Migration Directorate", "Costa Rica")
    assert facts.hours == "0.6", (
        "15 and 18 minutes of text, not the 165 that the authors wrote down"
    )
    assert (len(facts.modules), facts.modules_total, facts.is_demo) == (2, 3, False)
    assert [module.title["en"] for module in facts.modules] == ["Módulo 1", "Module 2"], (
        "a gap is filled, not left blank"
    )
    assert facts.verify_url == f"https://convoca.example.org/verify/{code}"


def test_the_day_is_that_of_the_holders_desk() -> None:
    """The same instant: 21:10 on the 24th in Costa Rica, 23:10 in Santo Domingo; an hour later it
    parts.
    """
    later = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
    days = {}
    for country in ("CR", "DO"):
        with transaction() as db:
            code = finished(db, country=country, decided_at=later).certificate(db, now=later)
        with reading() as db:
            facts = public_certificate(db, code, today=DAY).facts
        assert facts is not None
        days[country] = (facts.completed_on, facts.last_valid_on)
    assert days["CR"] == (date(2026, 11, 24), date(2028, 11, 24))
    assert days["DO"] == (date(2026, 11, 25), date(2028, 11, 25))


def test_without_a_presidency_the_secretariat_signs() -> None:
    with transaction() as db:
        code = finished(db).certificate(db)
    with reading() as db:
        facts = public_certificate(db, code, today=DAY).facts
    assert facts is not None
    assert facts.issuer_name == "Secretaría Ejecutiva"


def test_the_presidency_of_the_day_signs_and_not_the_next() -> None:
    with transaction() as db:
        a_presidency(db)
        a_presidency(db, "Kerry-Ann Usher", "BZ", 2027)
        early, late = finished(db), finished(db)
        # 23:30 on 31 December in Costa Rica is already January in UTC.
        first = early.certificate(db, now=datetime(2027, 1, 1, 5, 30, tzinfo=UTC))
        second = late.certificate(db, now=datetime(2027, 1, 1, 6, 0, tzinfo=UTC))
    with reading() as db:
        names = [public_certificate(db, code, today=DAY).facts for code in (first, second)]
    assert [facts and facts.issuer_name for facts in names] == [
        "Ana Lucía Solís Quirós",
        "Kerry-Ann Usher",
    ]


def test_no_certificate_without_a_completion_on_record() -> None:
    with transaction() as db:
        somebody = finished(db, completed=False)
    with pytest.raises(NotCompleted), transaction() as db:
        somebody.certificate(db)
    with pytest.raises(NotFound), transaction() as db:
        Finished(10_000, somebody.edition_id, uuid4()).certificate(db)


def test_a_name_that_cannot_be_printed_is_refused_by_name() -> None:
    with transaction() as db:
        somebody = finished(db, name="Ana\u202e Paz")
    with pytest.raises(NameNotPrintable), transaction() as db:
        somebody.certificate(db)
    assert facts_named("CertificateIssued") == 0


@pytest.mark.parametrize(
    "actor", [ANONYMOUS, Actor(account_id=5, person_id=77), Actor(account_id=6)]
)
def test_nobody_issues_for_another_or_revokes(actor: Actor) -> None:
    with transaction() as db:
        somebody = finished(db)
        code = somebody.certificate(db)
    with pytest.raises(NotAllowed), transaction() as db:
        somebody.certificate(db, actor=actor)
    with pytest.raises(NotAllowed), transaction() as db:
        revoke_certificate(db, actor=actor, now=EVENING, code=code, reason=RevocationReason.ERROR)


@pytest.mark.both_databases
def test_r48_revoked_shows_revoked_and_stays_so() -> None:
    with transaction() as db:
        code, organizer = finished(db).certificate(db), an_organizer(db)
    with transaction() as db:
        revoke_certificate(
            db,
            actor=organizer,
            now=EVENING,
            code=code,
            reason=RevocationReason.WRONG_NAME,
            note="two letters",
        )
    with reading() as db:
        record = public_certificate(db, code, today=DAY)
    assert (record.status, record.revoked_on, record.reason) == (
        CertificateStatus.REVOKED,
        DAY,
        RevocationReason.WRONG_NAME,
    )
    assert facts_named("CertificateRevoked") == 1
    with pytest.raises(AlreadyRevoked), transaction() as db:
        revoke_certificate(
            db, actor=organizer, now=EVENING, code=code, reason=RevocationReason.ERROR
        )
    with pytest.raises(NotFound), transaction() as db:
        revoke_certificate(
            db, actor=organizer, now=EVENING, code="0" * 16, reason=RevocationReason.ERROR
        )


def test_a_later_version_of_the_guidelines_supersedes_and_an_older_one_does_not() -> None:
    with transaction() as db:
        code = finished(db).certificate(db)

    def adopt(label: str, day: date | None) -> CertificateStatus:
        with transaction() as db:
            version = db.scalars(select(GuidelineVersion)).first()
            assert version is not None
            db.add(
                GuidelineVersion(
                    label=label, title=version.title, source_note=version.title, adopted_on=day
                )
            )
        with reading() as db:
            return public_certificate(db, code, today=DAY).status

    assert adopt("draft", None) is CertificateStatus.VALID
    assert adopt("old", date(2016, 1, 1)) is CertificateStatus.VALID
    assert adopt("future", date(2026, 11, 25)) is CertificateStatus.VALID
    assert adopt("new", DAY) is CertificateStatus.SUPERSEDED


@pytest.mark.both_databases
@pytest.mark.parametrize("table", [Certificate, Revocation])
def test_the_database_itself_refuses_to_change_or_delete(
    table: type[Certificate] | type[Revocation],
) -> None:
    with transaction() as db:
        code, organizer = finished(db).certificate(db), an_organizer(db)
        revoke_certificate(
            db, actor=organizer, now=EVENING, code=code, reason=RevocationReason.ERROR
        )
    change = (
        update(Certificate).values(facts="{}")
        if table is Certificate
        else update(Revocation).values(note="x")
    )
    for statement in (change, delete(table)):
        with pytest.raises(DBAPIError, match="append_only"), transaction() as db:
            db.execute(statement)


@pytest.mark.both_databases
def test_what_a_certificate_says_may_change_only_where_its_name_was_taken_away() -> None:
    with transaction() as db:
        code, other = finished(db).certificate(db), finished(db).certificate(db)
        row = db.scalars(select(Certificate).where(Certificate.code == code)).one()
        db.add(NameErasure(certificate_id=row.id, name_hash="0" * 64, erased_at=EVENING))
    nameless = replace(facts_from(row.facts), holder_name="")
    with transaction() as db:
        one = update(Certificate).where(Certificate.code == code)
        db.execute(one.values(facts=canonical_json(nameless)))
    for statement in (
        update(Certificate).where(Certificate.code == other).values(facts="{}"),
        update(Certificate).where(Certificate.code == code).values(completed_on=DAY),
        update(NameErasure).values(name_hash="1" * 64),
        delete(NameErasure),
    ):
        with pytest.raises(DBAPIError, match="append_only"), transaction() as db:
            db.execute(statement)
    with reading() as db:
        record = public_certificate(db, code, today=DAY)
    assert (record.status, record.has_name, record.shows_name) == ("valid", False, False)


def test_a_corrected_certificate_leads_on_and_its_name_is_not_shown() -> None:
    """The one that corrects is the holder's certificate of the course from then on."""
    with transaction() as db:
        somebody = finished(db)
        code = somebody.certificate(db)
        corrected = a_correction(db, code)
    with reading() as db:
        old, new = (
            public_certificate(db, one, today=DAY + timedelta(days=9)) for one in (code, corrected)
        )
        own = my_certificate_of(
            db, actor=somebody.actor(), enrolment_id=somebody.enrolment_id, today=DAY
        )
    assert (old.status, old.replaced_by, old.shows_name) == ("replaced", corrected, False)
    assert (new.status, new.replaced_by, new.shows_name) == ("valid", "", True)
    assert own is not None
    assert own.code == corrected
    with transaction() as db:
        assert somebody.certificate(db) == corrected


@pytest.mark.both_databases
def test_a_certificate_is_corrected_once() -> None:
    with transaction() as db:
        code = finished(db).certificate(db)
        a_correction(db, code)
    with pytest.raises(IntegrityError), transaction() as db:
        a_correction(db, code)


@pytest.mark.both_databases
def test_r48_eight_workers_at_once_issue_one_certificate(
    app: Flask, app_context: AppContext
) -> None:
    with transaction() as db:
        somebody = finished(db)

    def press() -> str:
        with transaction() as db:
            return somebody.certificate(db)

    codes = together(app, [press] * 8)
    with reading() as db:
        assert codes == [db.scalars(select(Certificate.code)).one()] * 8
    assert facts_named("CertificateIssued") == 1
