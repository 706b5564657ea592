"""A certificate ends at the screen by two people, in the database too."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory.models import Person
from app.people.identity.models import Account, RoleGrant
from app.training.certificates.models import Certificate, Revocation, RevocationProposal
from app.training.certificates.queries.proposals import TO_CONFIRM, proposals
from app.training.certificates.queries.register import public_certificate
from app.training.certificates.services.correcting import (
    NotRevoked,
    issue_in_place_of_revoked,
    propose_successor,
)
from app.training.certificates.services.ending import (
    AlreadyProposed,
    AlreadyRevoked,
    NothingProposed,
    OwnProposal,
    ProposalChanged,
    ReplacedMeanwhile,
    confirm_revocation,
    propose_revocation,
    revoke_certificate,
    send_letter_again,
    withdraw_proposal,
)
from app.training.certificates.values import CertificateStatus, IssuedFrom, RevocationReason
from tests.security.test_races import together
from tests.support.actors import post
from tests.support.two_writers import carried
from tests.training.certificates.builders import (
    ADDRESS,
    EVENING,
    Finished,
    a_correction,
    an_organizer,
    focal_point,
    revoke,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("the_day")
TODAY = date(2026, 11, 24)
FRAUD = RevocationReason.FRAUD


@pytest.fixture
def two(app: Flask) -> tuple[Actor, Actor]:
    """Two organizers, by name."""
    with app.app_context(), transaction() as db:
        return named(db, "Lucía Tejada"), named(db, "Tomás Brenes")


def named(db: Session, name: str) -> Actor:
    """Returns an organizer with a name and a grant, as those have who sign in."""
    actor = an_organizer(db)
    person = Person(full_name=name, sort_key=name, timezone="America/Costa_Rica")
    db.add(person)
    db.flush()
    db.get_one(Account, actor.account_id).person_id = person.id
    db.add(
        RoleGrant(
            account_id=actor.account_id,
            role=Role.ORGANIZER.value,
            scope="",
            valid_from=date(2026, 1, 1),
        )
    )
    return actor


def propose(app: Flask, code: str, actor: Actor, *, note: str = "private words") -> None:
    with app.app_context(), transaction() as db:
        propose_revocation(db, actor=actor, now=EVENING, code=code, reason=FRAUD, note=note)


def confirm(app: Flask, code: str, actor: Actor, *, seen: str = "") -> None:
    with app.app_context(), transaction() as db:
        confirm_revocation(db, actor=actor, now=EVENING, code=code, seen=seen)


def status_of(app: Flask, code: str) -> CertificateStatus:
    with app.app_context(), reading() as db:
        return public_certificate(db, code, today=TODAY).status


def facts_told(app: Flask, code: str) -> list[str]:
    with app.app_context(), reading() as db:
        told = select(JournalEntry.fact).where(JournalEntry.subject_id == code)
        return list(db.scalars(told.order_by(JournalEntry.id)))


def test_r48_two_people_revoke_and_until_then_it_stands(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    first, second = two
    propose(app, code, first)
    assert status_of(app, code) is CertificateStatus.VALID
    with pytest.raises(OwnProposal):
        confirm(app, code, first)
    with pytest.raises(AlreadyProposed):
        propose(app, code, second)
    with app.app_context(), reading() as db:
        assert db.scalar(TO_CONFIRM, {"account_id": first.account_id}) == 0
        assert db.scalar(TO_CONFIRM, {"account_id": second.account_id}) == 1
        (one,) = proposals(db, actor=second)
        assert (one.by, one.is_own, one.note) == ("Lucía Tejada", False, "private words")
    confirm(app, code, second, seen=one.mark)
    assert status_of(app, code) is CertificateStatus.REVOKED
    with app.app_context(), reading() as db:
        row = db.scalars(select(Revocation)).one()
        assert (row.proposed_by, row.revoked_by) == (first.account_id, second.account_id)
        assert (row.reason, row.note) == ("fraud", "private words")
        assert db.scalars(select(RevocationProposal)).all() == []
    with pytest.raises(AlreadyRevoked):
        propose(app, code, first)
    assert facts_told(app, code) == [
        "CertificateIssued",
        "RevocationProposed",
        "CertificateRevoked",
    ]


def test_what_is_withdrawn_goes_on_standing(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    first, second = two
    for who in (first, second):  # the one who proposed it, and the other one
        propose(app, code, first)
        with app.app_context(), transaction() as db:
            withdraw_proposal(db, actor=who, now=EVENING, code=code)
    with pytest.raises(NothingProposed):
        confirm(app, code, second)
    assert status_of(app, code) is CertificateStatus.VALID
    assert facts_told(app, code).count("RevocationWithdrawn") == 2


def test_who_decides_has_read_what_stands(app: Flask, code: str, two: tuple[Actor, Actor]) -> None:
    first, second = two
    propose(app, code, first)
    with app.app_context(), reading() as db:
        (read,) = proposals(db, actor=second)
    with app.app_context(), transaction() as db:
        withdraw_proposal(db, actor=first, now=EVENING, code=code)
    propose(app, code, first, note="something else")
    with pytest.raises(ProposalChanged):
        confirm(app, code, second, seen=read.mark)
    assert status_of(app, code) is CertificateStatus.VALID


def test_what_another_one_replaced_is_not_revoked(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    with app.app_context(), transaction() as db:
        a_correction(db, code)
    with pytest.raises(ReplacedMeanwhile):
        propose(app, code, two[0])


def mend(app: Flask, code: str, actor: Actor, *, seen: str = "") -> str:
    with app.app_context(), transaction() as db:
        return issue_in_place_of_revoked(
            db, actor=actor, now=EVENING, code=code, place=IssuedFrom(ADDRESS), seen=seen
        )


def propose_to_mend(app: Flask, code: str, actor: Actor) -> None:
    with app.app_context(), transaction() as db:
        propose_successor(db, actor=actor, now=EVENING, code=code)


def test_r48_two_people_mend_what_two_people_ended(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    """Given a revocation that was a mistake, when one organizer proposes a new certificate and
    another confirms it, then the revoked code stays revoked and leads to the new one.
    """
    first, second = two
    with pytest.raises(NotRevoked):
        propose_to_mend(app, code, first)
    revoke(app, code)
    with pytest.raises(NotAllowed):
        propose_to_mend(app, code, focal_point("CR"))
    with pytest.raises(NothingProposed):
        mend(app, code, first)
    propose_to_mend(app, code, first)
    with pytest.raises(OwnProposal):
        mend(app, code, first)
    with pytest.raises(NotAllowed):
        mend(app, code, focal_point("CR"))
    with pytest.raises(AlreadyProposed):
        propose_to_mend(app, code, second)
    with pytest.raises(AlreadyRevoked):
        confirm(app, code, second)
    with app.app_context(), reading() as db:
        (one,) = proposals(db, actor=second)
        assert (one.by, one.mends, one.is_own) == ("Lucía Tejada", True, False)
        assert db.scalar(select(func.count(Certificate.id))) == 1
    new = mend(app, code, second, seen=one.mark)
    for again in (mend, propose_to_mend):
        with pytest.raises(ReplacedMeanwhile):
            again(app, code, second)
    with app.app_context(), reading() as db:
        old, now = (public_certificate(db, one, today=TODAY) for one in (code, new))
        assert db.scalars(select(RevocationProposal)).all() == []
    assert (old.status, old.replaced_by) == (CertificateStatus.REVOKED, new)
    assert now.status is CertificateStatus.VALID
    assert facts_told(app, code)[-1] == "SuccessorProposed"
    assert facts_told(app, new) == ["CertificateCorrected"]


@pytest.mark.both_databases
def test_of_two_who_mend_at_once_one_issues(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    revoke(app, code)
    propose_to_mend(app, code, two[0])
    done = together(app, [lambda: mend(app, code, two[1])] * 2)
    assert sorted(isinstance(one, str) for one in done) == [False, True], done
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Certificate.id))) == 2


MENDED = {
    "es": ("Proponer uno nuevo en su lugar", "en lugar del revocado", "Emitirlo"),
    "en": ("Propose a new one in its place", "in place of the revoked one", "Issue it"),
}


@pytest.mark.parametrize("language", MENDED)
def test_the_page_takes_two_people_through_mending(
    app: Flask, client: FlaskClient, code: str, two: tuple[Actor, Actor], language: str
) -> None:
    first, second = two
    offer, title, verb = MENDED[language]
    path, register = f"/certificates/{code}/successor", f"/certificates/register?lang={language}"
    revoke(app, code)
    sign_in(app, first)
    assert offer in client.get(register).get_data(as_text=True)
    assert post(client, path).status_code == 303
    page = client.get(register).get_data(as_text=True)
    assert title in page
    assert verb not in page, "who proposed it does not confirm it"
    assert offer not in page
    assert post(client, f"{path}/confirmation").status_code == 409
    sign_in(app, second)
    page = client.get(register).get_data(as_text=True)
    assert verb in page
    assert f"{path}/confirmation" in page
    assert f"/certificates/{code}/revocation/confirmation" not in page
    seen = carried(page, "seen")
    assert post(client, f"{path}/confirmation", seen=seen).status_code == 303
    assert title not in client.get(register).get_data(as_text=True)


def test_only_organizers_propose_and_decide(app: Flask, code: str, somebody: Finished) -> None:
    for actor in (focal_point("CR"), somebody.actor(), Actor()):
        with pytest.raises(NotAllowed):
            propose(app, code, actor)
        with pytest.raises(NotAllowed):
            confirm(app, code, actor)


def test_the_letter_is_sent_again_by_who_answers_for_it(app: Flask, code: str) -> None:
    def again(actor: Actor) -> None:
        with app.app_context(), transaction() as db:
            send_letter_again(db, actor=actor, now=EVENING, code=code)

    again(focal_point("CR"))
    again(Actor(account_id=1, grants=frozenset({Grant(Role.ORGANIZER)})))
    with pytest.raises(NotFound):
        again(focal_point("HN"))
    revoke(app, code)
    with pytest.raises(AlreadyRevoked):
        again(focal_point("CR"))
    assert facts_told(app, code).count("CertificateLetterAsked") == 2


@pytest.mark.both_databases
def test_the_database_refuses_a_revocation_by_one_person(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    with app.app_context(), transaction() as db:
        number = db.scalars(select(Certificate.id).where(Certificate.code == code)).one()
    alone = {
        "certificate_id": number,
        "reason": "fraud",
        "note": "",
        "revoked_at": EVENING,
        "revoked_by": two[0].account_id,
        "proposed_by": two[0].account_id,
    }
    with app.app_context(), pytest.raises(IntegrityError), transaction() as db:
        db.execute(insert(Revocation).values(alone))
    assert status_of(app, code) is CertificateStatus.VALID


def deciding(app: Flask, code: str, actor: Actor, act: Callable[..., None]) -> Callable[[], object]:
    def decide() -> object:
        with transaction() as db:
            act(db, actor=actor, now=EVENING + timedelta(minutes=1), code=code)
        return act.__name__

    return decide


@pytest.mark.both_databases
def test_of_two_confirmations_at_once_one_holds(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    first, second = two
    with app.app_context(), transaction() as db:
        third = an_organizer(db)
    propose(app, code, first)
    results = together(
        app, [deciding(app, code, one, confirm_revocation) for one in (second, third) * 3]
    )
    done = [one for one in results if one == "confirm_revocation"]
    assert len(done) == 1, results
    assert all(isinstance(one, AlreadyRevoked) for one in results if one not in done), results
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(Revocation)).all()) == 1
    assert facts_told(app, code).count("CertificateRevoked") == 1


@pytest.mark.both_databases
def test_confirming_and_withdrawing_at_once_leave_one_answer(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    first, second = two
    propose(app, code, first)
    together(
        app,
        [
            deciding(app, code, second, confirm_revocation),
            deciding(app, code, first, withdraw_proposal),
        ],
    )
    told = facts_told(app, code)
    is_revoked = status_of(app, code) is CertificateStatus.REVOKED
    assert told.count("CertificateRevoked") == int(is_revoked)
    assert told.count("RevocationWithdrawn") == int(not is_revoked)
    with app.app_context(), reading() as db:
        assert db.scalars(select(RevocationProposal)).all() == []


def test_the_administrator_revokes_what_is_proposed_too(
    app: Flask, code: str, two: tuple[Actor, Actor]
) -> None:
    propose(app, code, two[0])
    with app.app_context(), transaction() as db:
        revoke_certificate(db, actor=two[0], now=EVENING, code=code, reason=FRAUD)
        assert db.scalars(select(RevocationProposal)).all() == []


NAMES_OTHER = {
    "es": "Lo confirma otra persona: Tomás Brenes. Hasta entonces nada cambia.",
    "en": "Somebody else confirms it: Tomás Brenes. Until then nothing changes.",
}


@pytest.mark.parametrize("language", NAMES_OTHER)
def test_the_page_names_who_may_confirm_and_shows_the_button_to_them_alone(
    app: Flask,
    client: FlaskClient,
    code: str,
    two: tuple[Actor, Actor],
    language: str,
) -> None:
    first, second = two
    sign_in(app, first)
    page = client.get(f"/certificates/register?lang={language}").get_data(as_text=True)
    assert NAMES_OTHER[language] in page
    answer = post(client, f"/certificates/{code}/revocation", reason="fraud", note="private words")
    assert answer.status_code == 303
    path = f"/certificates/{code}/revocation/confirmation"
    page = client.get(f"/certificates/register?lang={language}").get_data(as_text=True)
    assert path not in page
    assert "private words" in page
    sign_in(app, second)
    page = client.get(f"/certificates/register?lang={language}").get_data(as_text=True)
    assert path in page
    assert "Lucía Tejada" in page
    sign_in(app, focal_point("CR"))
    page = client.get(f"/certificates/countries/CR?lang={language}").get_data(as_text=True)
    assert code in page
    assert not re.search("private words|Lucía Tejada|revocation", page)


def test_a_reason_that_is_none_of_the_list_is_refused(
    app: Flask, client: FlaskClient, code: str, two: tuple[Actor, Actor]
) -> None:
    sign_in(app, two[0])
    answer = post(client, f"/certificates/{code}/revocation", reason="because")
    assert answer.status_code == 422
    with app.app_context(), reading() as db:
        assert db.scalars(select(RevocationProposal)).all() == []
