"""What is kept of the figures is never older than the last fact, whoever wrote it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask.ctx import AppContext
from sqlalchemy import event, func, insert, select

from app.infra import journal
from app.infra.database import database, reading, transaction
from app.infra.journal import JournalEntry
from app.people.directory.facts import AppointmentStarted
from app.people.directory.models import Appointment
from app.people.directory.values import EndReason
from app.training.certificates.facts import CertificateRevoked
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.values import RevocationReason
from app.training.turnover.queries import figures, kept
from app.training.turnover.values import TurnoverFigures
from tests.support.roster import end_appointment
from tests.training.turnover.builders import (
    NOW,
    ORGANIZER,
    TODAY,
    a_staff,
    an_institution,
    an_official,
    focal_point,
)

HN = focal_point("HN")
pytestmark = pytest.mark.both_databases


def figures_now() -> dict[str, TurnoverFigures]:
    with reading() as db:
        return figures.figures_of_countries(db, TODAY, "guidelines")


def counts(code: str) -> tuple[int, int]:
    now = figures_now()[code].series[-1]
    return now.serving, now.certified


@contextmanager
def rows_read() -> Iterator[list[str]]:
    """Collects the statements that read appointments with their certificates' holders."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        if "appointment.confirmed_on" in str(arguments[2]):
            sent.append(str(arguments[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def leave(appointment_id: int) -> None:
    with transaction() as db:
        end_appointment(
            db,
            actor=HN,
            country_code="HN",
            appointment_id=appointment_id,
            reason=EndReason.LEFT,
            on=date(2026, 5, 1),
            today=TODAY,
            now=NOW,
        )


def test_fact_makes_the_figures_of_its_country_anew_and_no_others(app_context: AppContext) -> None:
    with transaction() as db:
        leaver, *_ = a_staff(db, serving=10, certified=6)
        a_staff(db, "GT", serving=8, certified=5)
    assert (counts("HN"), counts("GT")) == ((10, 6), (8, 5))
    with rows_read() as again:
        figures_now()
    assert again == [], "nothing happened since"
    leave(leaver)
    with rows_read() as after:
        assert (counts("HN"), counts("GT")) == ((9, 5), (8, 5))
    assert len(after) == 1
    assert "GT" not in after[0]


def test_certificates_are_read_again_after_facts_about_them_and_about_who_joins(
    app_context: AppContext,
) -> None:
    """Given a country whose page was read, when somebody is said to have left, then its certificates
    are not read again and its figures are those of a first reading; they are when one is revoked,
    and when somebody joins.
    """

    def read() -> tuple[int, TurnoverFigures]:
        sent = []

        def note(*arguments: object) -> None:
            if "certificate.completed_on" in str(arguments[2]) and "HN" in str(arguments[3]):
                sent.append(arguments)

        event.listen(database.engine, "before_cursor_execute", note)
        with reading() as db:
            found = figures.figures_of_countries(db, TODAY, "guidelines", detailed="HN")["HN"]
        event.remove(database.engine, "before_cursor_execute", note)
        with transaction() as db:  # for which nothing is kept
            anew = figures.figures_of_countries(db, TODAY, "guidelines", detailed="HN")["HN"]
        assert found == anew
        return len(sent), found

    with transaction() as db:
        leaver, *_ = a_staff(db, serving=10, certified=6)
        elsewhere = db.get_one(Appointment, a_staff(db, "GT", serving=1, certified=1)[0]).person_id
    assert read()[0] == 1
    leave(leaver)
    times, found = read()
    assert (times, found.series[-1].serving, found.series[-1].certified) == (0, 9, 5)
    with transaction() as db:
        certificate = db.scalars(
            select(Certificate)
            .where(Certificate.person_id != elsewhere)
            .order_by(Certificate.id.desc())
        ).first()
        assert certificate is not None
        db.add(Revocation(certificate_id=certificate.id, reason="error", revoked_at=NOW))
        fact = CertificateRevoked(certificate.code, certificate.person_id, RevocationReason.ERROR)
        journal.record(db, fact, actor=ORGANIZER, now=NOW)
    times, found = read()
    assert (times, found.series[-1].certified) == (1, 4)
    with transaction() as db:
        joined, person_id = an_official(db, an_institution(db), person_id=elsewhere)
        journal.record(db, AppointmentStarted(joined, person_id, "HN", TODAY), actor=HN, now=NOW)
    times, found = read()
    assert (times, found.series[-1].certified) == (1, 5)


def test_revoked_certificate_is_missing_at_once(app_context: AppContext) -> None:
    with transaction() as db:
        a_staff(db, serving=10, certified=6)
    assert counts("HN") == (10, 6)
    with transaction() as db:
        certificate = db.scalars(select(Certificate)).first()
        assert certificate is not None
        db.add(Revocation(certificate_id=certificate.id, reason="error", revoked_at=NOW))
        fact = CertificateRevoked(certificate.code, certificate.person_id, RevocationReason.ERROR)
        journal.record(db, fact, actor=ORGANIZER, now=NOW)
    assert counts("HN") == (10, 5)


def test_rows_that_come_without_a_fact_are_noticed(app_context: AppContext) -> None:
    """The demonstration and a restored copy write no facts."""
    with transaction() as db:
        a_staff(db, serving=10, certified=6)
    assert counts("HN") == (10, 6)
    with transaction() as db:
        a_staff(db, serving=3, certified=1)
    assert counts("HN") == (13, 7)
    with transaction() as db:
        certificate = db.scalars(select(Certificate)).first()
        assert certificate is not None
        db.add(Revocation(certificate_id=certificate.id, reason="error", revoked_at=NOW))
    assert counts("HN") == (13, 6)


def test_whoever_reads_while_somebody_leaves_keeps_nothing_older(app_context: AppContext) -> None:
    """A slow page has begun to read before the fact and ends after somebody read what is new."""
    with transaction() as db:
        leaver, *_ = a_staff(db, serving=10, certified=6)
    assert counts("HN") == (10, 6)
    with reading() as slow:
        figures.courses(slow)  # its snapshot stands
        leave(leaver)
        assert counts("HN") == (9, 5)
        found = figures.figures_of_countries(slow, TODAY, "guidelines")
        assert found["HN"].series[-1].serving == 10, "what its snapshot says"
    assert counts("HN") == (9, 5)


def test_whoever_writes_sees_their_own_rows_and_leaves_nothing(app_context: AppContext) -> None:
    with transaction() as db:
        leaver, *_ = a_staff(db, serving=10, certified=6)
    assert counts("HN") == (10, 6)
    with transaction() as db:
        db.get_one(Appointment, leaver).valid_until = TODAY - timedelta(days=1)
        db.flush()
        found = figures.figures_of_countries(db, TODAY, "guidelines")
        assert found["HN"].series[-1].serving == 9
        db.rollback()
    assert counts("HN") == (10, 6)


def test_fact_that_is_committed_after_hundreds_of_later_ones_is_seen(
    app_context: AppContext,
) -> None:
    """Somebody is said to have left while another transaction, which took its numbers later and is
    committed first, tells hundreds of facts.
    """

    def tell(numbers: range, subject_kind: str) -> None:
        with transaction() as db:
            told = {"at": NOW, "fact": "Told", "subject_kind": subject_kind, "subject_id": "1"}
            payload = {"country_code": "HN"}
            rows = [{"id": number, "payload": payload, **told} for number in numbers]
            db.execute(insert(JournalEntry), rows)
            if subject_kind == "appointment":
                db.get_one(Appointment, leaver).valid_until = TODAY - timedelta(days=1)

    with transaction() as db:
        leaver, *_ = a_staff(db, serving=10, certified=6)
        last = db.scalar(select(func.max(JournalEntry.id))) or 0
    assert counts("HN") == (10, 6)
    tell(range(last + 2, last + 302), "lookup")
    assert counts("HN") == (10, 6)
    tell(range(last + 302, last + 304), "lookup")
    assert counts("HN") == (10, 6)
    tell(range(last + 1, last + 2), "appointment")
    assert counts("HN") == (9, 5)


def test_number_that_never_comes_is_given_up() -> None:
    keep = kept._Keep(newest=(300,))
    assert keep.since(0) == 300 - kept.OVERLAP
    keep.note_gaps({*range(102, 301)} - {200}, since=100, at=0)
    assert keep.gaps == {101: 0, 200: 0}
    keep.note_gaps({*range(102, 301)} - {200, 280}, since=100, at=9)
    keep.note_gaps({*range(102, 301)} - {280}, since=100, at=10)
    assert keep.gaps == {101: 0, 200: 0, 280: 9}, "since it was missed first, also if it came"
    assert keep.since(kept.GAP_LASTS - 1) == 100
    assert keep.since(kept.GAP_LASTS) == 250, "the younger gap is looked at again anyway"
    keep.note_gaps({5000}, since=100, at=9)
    assert len(keep.gaps) == kept.OVERLAP_AT_FIRST, "a restored copy may leap by thousands"
