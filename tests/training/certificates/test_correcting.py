"""A certificate is never edited: a new one takes its place, and the old code leads on."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import CorrectionRequest, Institution, Person
from app.people.directory.services.people import (
    ask_correction,
    erase_person,
    settle_correction,
)
from app.people.directory.values import CorrectionDecision, CorrectionWish
from app.training.certificates.models import Certificate
from app.training.certificates.queries.corrections import misprints
from app.training.certificates.queries.listing import RegisterFilters, register_page
from app.training.certificates.queries.register import my_certificates, public_certificate
from app.training.certificates.rules import NameNotPrintable, grouped
from app.training.certificates.services.correcting import (
    correct_certificates,
)
from app.training.certificates.services.ending import propose_revocation
from app.training.certificates.tasks import on_correction_settled
from app.training.certificates.values import CertificateStatus, IssuedFrom, RevocationReason
from tests.security.test_races import together
from tests.support.actors import csrf_token
from tests.training.certificates.builders import (
    ADDRESS,
    EVENING,
    Finished,
    an_organizer,
    focal_point,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("the_day")
TODAY = date(2026, 11, 24)
LATER = EVENING + timedelta(days=30)
RIGHT = "María José Ñáñez Güell"
WRONG = "María José Ñáñez Güell de la O"
OFFICE = Actor(account_id=1, grants=frozenset({Grant(Role.ORGANIZER)}))


def rename(app: Flask, somebody: Finished, name: str) -> None:
    with app.app_context(), transaction() as db:
        db.get_one(Person, somebody.person_id).full_name = name


def corrected(app: Flask, somebody: Finished, actor: Actor = OFFICE) -> list[str]:
    with app.app_context(), transaction() as db:
        return correct_certificates(
            db,
            actor=actor,
            now=LATER,
            person_id=somebody.person_id,
            place=IssuedFrom(ADDRESS),
        )


def test_r48_a_corrected_name_is_a_new_certificate_to_which_the_old_one_leads(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    assert corrected(app, somebody) == []  # nothing is wrong
    rename(app, somebody, RIGHT)
    (new,) = corrected(app, somebody, focal_point("CR"))
    assert new != code
    assert corrected(app, somebody) == []  # pressed twice
    with app.app_context(), reading() as db:
        old, now = (public_certificate(db, one, today=TODAY) for one in (code, new))
        before, after = db.scalars(select(Certificate).order_by(Certificate.id)).all()
        assert after.replaces_id == before.id
        assert (after.completed_on, after.last_valid_on) == (
            before.completed_on,
            before.last_valid_on,
        )
        assert (after.enrolment_id, after.kind, after.design) == (
            before.enrolment_id,
            before.kind,
            before.design,
        )
        assert after.issued_at == LATER
        assert WRONG in before.facts
        fact = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "CertificateCorrected")
        ).one()
        assert fact.payload == {"code": new, "person_id": somebody.person_id, "replaces": code}
        own = my_certificates(db, actor=somebody.actor(), today=TODAY)
        assert {one.code: one.status for one in own} == {
            code: CertificateStatus.REPLACED,
            new: CertificateStatus.VALID,
        }
    assert (old.status, old.replaced_by, old.shows_name) == (
        CertificateStatus.REPLACED,
        new,
        False,
    )
    assert now.facts is not None
    assert (now.facts.holder_name, now.facts.verify_url) == (RIGHT, f"{ADDRESS}/verify/{new}")
    page = client.get(f"/verify/{code}").get_data(as_text=True)
    assert WRONG not in page
    assert f"/verify/{new}" in page


def test_a_chain_of_corrections_leads_to_the_last(
    app: Flask, somebody: Finished, code: str
) -> None:
    codes = [code]
    for name in ("Ana Uno", "Ana Dos", "Ana Tres"):
        rename(app, somebody, name)
        codes += corrected(app, somebody)
    with app.app_context(), reading() as db:
        for one in codes[:-1]:
            record = public_certificate(db, one, today=TODAY)
            assert (record.status, record.replaced_by) == (CertificateStatus.REPLACED, codes[-1])
        assert public_certificate(db, codes[-1], today=TODAY).status is CertificateStatus.VALID


def test_the_institution_of_the_day_is_corrected_too(
    app: Flask, somebody: Finished, code: str
) -> None:
    with app.app_context(), transaction() as db:
        house = db.scalars(select(Institution)).one()
        house.name = LocalizedText(es="Cancillería", en="Foreign Ministry")
    (new,) = corrected(app, somebody)
    with app.app_context(), reading() as db:
        facts = public_certificate(db, new, today=TODAY).facts
        assert facts is not None
        assert facts.institution["en"] == "Foreign Ministry"
        assert facts.holder_name == WRONG


def test_whoever_does_not_answer_for_the_record_corrects_nothing(
    app: Flask, somebody: Finished, code: str
) -> None:
    rename(app, somebody, RIGHT)
    with pytest.raises(NotFound):
        corrected(app, somebody, focal_point("HN"))
    for actor in (somebody.actor(), Actor()):
        with pytest.raises((NotFound, NotAllowed)):
            corrected(app, somebody, actor)


def test_what_ended_is_proposed_to_end_or_was_erased_is_not_issued_anew(
    app: Flask, somebody: Finished, code: str
) -> None:
    rename(app, somebody, RIGHT)
    with app.app_context(), reading() as db:
        assert misprints(db, somebody.person_id, today=date(2030, 1, 1)) == ()
        assert len(misprints(db, somebody.person_id, today=TODAY)) == 1
    with app.app_context(), transaction() as db:
        propose_revocation(
            db,
            actor=an_organizer(db),
            now=EVENING,
            code=code,
            reason=RevocationReason.ERROR,
        )
        assert misprints(db, somebody.person_id, today=TODAY) == ()
    with app.app_context(), transaction() as db:
        erase_person(db, person_id=somebody.person_id, now=EVENING)
        db.flush()
        assert misprints(db, somebody.person_id, today=TODAY) == ()


def test_a_name_that_cannot_be_printed_is_refused(
    app: Flask, somebody: Finished, code: str
) -> None:
    rename(app, somebody, "Ana 李")
    with pytest.raises(NameNotPrintable):
        corrected(app, somebody)


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(
    ("reissue", "decision"),
    [
        (True, CorrectionDecision.CORRECTED),
        (False, CorrectionDecision.CORRECTED),
        (True, CorrectionDecision.DECLINED),
    ],
)
def test_a_wish_that_says_so_is_followed_by_new_certificates_once(
    app: Flask, somebody: Finished, reissue: bool, decision: CorrectionDecision
) -> None:
    issued = int(reissue and decision is CorrectionDecision.CORRECTED)
    with app.app_context(), transaction() as db:
        wish = CorrectionWish(full_name=RIGHT, reissue=reissue)
        ask_correction(db, actor=somebody.actor(), wish=wish, now=EVENING)
    rename(app, somebody, RIGHT)
    with app.app_context(), transaction() as db:
        settle_correction(
            db,
            actor=OFFICE,
            person_id=somebody.person_id,
            decision=decision,
            reason="x",
            now=EVENING,
        )
    for _ in range(2):  # a delivery may come twice
        with app.app_context(), transaction() as db:
            entry = db.scalars(
                select(JournalEntry).where(JournalEntry.fact == "CorrectionSettled")
            ).one()
            on_correction_settled(db, entry, now=LATER)
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 1 + issued


@pytest.mark.both_databases
def test_of_corrections_at_once_one_holds(app: Flask, somebody: Finished, code: str) -> None:
    rename(app, somebody, RIGHT)

    def correct() -> object:
        with transaction() as db:
            return correct_certificates(
                db, actor=SYSTEM, now=LATER, person_id=somebody.person_id, place=IssuedFrom(ADDRESS)
            )

    results = together(app, [correct] * 6)
    assert sorted(len(one) if isinstance(one, list) else -1 for one in results) == [0] * 5 + [1]
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 2


@pytest.mark.both_databases
def test_what_is_revoked_at_the_same_moment_is_not_saved_by_a_correction(
    app: Flask, somebody: Finished, code: str
) -> None:
    """Either the old one is revoked and nothing replaces it, or it is replaced and stands corrected."""
    rename(app, somebody, RIGHT)
    with app.app_context(), transaction() as db:
        office = an_organizer(db)

    def correct() -> object:
        with transaction() as db:
            return correct_certificates(
                db, actor=SYSTEM, now=LATER, person_id=somebody.person_id, place=IssuedFrom(ADDRESS)
            )

    def propose() -> object:
        with transaction() as db:
            propose_revocation(
                db, actor=office, now=LATER, code=code, reason=RevocationReason.FRAUD
            )
        return "proposed"

    done: list[Callable[[], object]] = [correct, propose]
    results = together(app, done)
    was_corrected = isinstance(results[0], list) and len(results[0]) == 1
    assert (results[1] == "proposed") is not was_corrected, results


def test_the_page_of_a_record_offers_it_in_both_languages(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    rename(app, somebody, RIGHT)
    with app.app_context(), transaction() as db:
        office = an_organizer(db)
        wish = CorrectionWish(reissue=True)
        ask_correction(db, actor=somebody.actor(), wish=wish, now=EVENING)
    sign_in(app, office)
    path = f"/people/{somebody.person_id}"
    for language, words in (
        ("es", "1 certificado imprime otros datos"),
        ("en", "1 certificate prints this record otherwise"),
    ):
        page = client.get(f"{path}?lang={language}").get_data(as_text=True)
        assert words in page
        assert grouped(code) in page
    answer = client.post(f"{path}/certificates", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    assert "otros datos" not in client.get(f"{path}?lang=es").get_data(as_text=True)
    with app.app_context(), reading() as db:
        assert db.scalars(select(CorrectionRequest.decision)).one() == "corrected"
        page_now = register_page(db, actor=office, filters=RegisterFilters(), number=1, today=TODAY)
        assert page_now.total == 2
