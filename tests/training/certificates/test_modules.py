"""The certificate of one module: by the learner's press, once, and of what was completed."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.training.certificates.models import Certificate
from app.training.certificates.queries.modules import own_module_codes
from app.training.certificates.queries.register import my_certificate_of
from app.training.certificates.queries.renewals import renewals_of
from app.training.certificates.services.issuing import ModuleNotCompleted, issue_module_certificate
from app.training.certificates.values import IssuedFrom, facts_from
from app.training.learning.models import Completion, Module
from tests.support.actors import csrf_token
from tests.training.certificates.builders import (
    ADDRESS,
    EVENING,
    Finished,
    a_correction,
    finished,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("the_day")


@pytest.fixture
def learner(app: Flask) -> Finished:
    """Somebody who completed module 2 of three, of which the third is only announced."""
    with app.app_context(), transaction() as db:
        learner = finished(db, completed=False)
        wanted = (Module.edition_id == learner.edition_id, Module.number == 2)
        db.add(
            Completion(
                enrolment_id=learner.enrolment_id,
                module_id=db.scalars(select(Module.id).where(*wanted)).one(),
                rule_version="1",
                decided_at=EVENING,
            )
        )
        return learner


def issue(app: Flask, learner: Finished, number: int, actor: Actor | None = None) -> str:
    with app.app_context(), transaction() as db:
        return issue_module_certificate(
            db,
            actor=actor or learner.actor(),
            now=EVENING,
            enrolment_id=learner.enrolment_id,
            number=number,
            place=IssuedFrom(ADDRESS),
        )


def certificates(app: Flask) -> list[Certificate]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Certificate).order_by(Certificate.id)))


def test_module_is_certified_once_with_its_own_hours(app: Flask, learner: Finished) -> None:
    code = issue(app, learner, 2)
    assert issue(app, learner, 2) == code
    (row,) = certificates(app)
    facts = facts_from(row.facts)
    assert (row.kind, row.design) == ("module", "worded/v1")
    assert [module.number for module in facts.modules] == [2]
    assert (facts.modules_total, facts.hours) == (3, "0.3")
    assert facts.modules[0].title["es"] == "Módulo 2"
    assert facts.completed_on.isoformat() == "2026-11-24"


def test_module_not_completed_is_not_certified_nor_that_of_another(
    app: Flask, learner: Finished
) -> None:
    with pytest.raises(ModuleNotCompleted):
        issue(app, learner, 1)
    with pytest.raises(NotAllowed):
        issue(app, learner, 2, Actor(account_id=7, person_id=learner.person_id + 1))
    assert certificates(app) == []


def test_corrected_certificate_of_a_module_is_given_by_the_press(
    app: Flask, learner: Finished
) -> None:
    code = issue(app, learner, 2)
    with app.app_context(), transaction() as db:
        corrected = a_correction(db, code)
    assert issue(app, learner, 2) == corrected


def test_module_is_neither_the_course_nor_its_renewal(app: Flask, learner: Finished) -> None:
    """R19, R27: what counts as certified in a course is the certificate of the whole of it."""
    code = issue(app, learner, 2)
    actor = learner.actor()
    with app.app_context(), reading() as db:
        today = EVENING.date()
        enrolment_id = learner.enrolment_id
        assert my_certificate_of(db, actor=actor, enrolment_id=enrolment_id, today=today) is None
        assert renewals_of(db, actor=actor, today=today) == {}
        assert own_module_codes(db, actor=actor, enrolment_id=learner.enrolment_id) == {2: code}


def test_learner_takes_the_certificate_from_the_page_of_the_course(
    app: Flask, client: FlaskClient, learner: Finished
) -> None:
    sign_in(app, learner.actor())
    path = f"/enrolments/{learner.enrolment_id}/modules/2/certificate"
    page = client.get("/courses/guidelines").text
    assert page.count(path) == 1
    assert f"/enrolments/{learner.enrolment_id}/modules/1/certificate" not in page
    answer = client.post(path, data={"csrf_token": csrf_token(client)})
    (row,) = certificates(app)
    assert answer.location.endswith(f"/certificates#certificate-{row.code}")
    page = client.get("/courses/guidelines").text
    assert path not in page
    assert f"/certificates#certificate-{row.code}" in page
    assert UUID(str(row.enrolment_id)) == learner.enrolment_id
