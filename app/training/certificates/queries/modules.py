"""The certificates of single modules that a learner took."""

import json
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.training.certificates.models import Certificate
from app.training.certificates.queries.register import is_replaced
from app.training.certificates.values import CertificateKind

_OWN = select(Certificate.facts, Certificate.code).where(
    Certificate.enrolment_id == bindparam("enrolment_id"),
    Certificate.person_id == bindparam("person_id"),
    Certificate.kind == CertificateKind.MODULE,
    ~is_replaced(),
)


def own_module_codes(db: Session, *, actor: Actor, enrolment_id: UUID) -> dict[int, str]:
    """Returns the codes of the actor's own certificates of single modules of an enrolment, by the
    number of the module.
    """
    rows = db.execute(_OWN, {"enrolment_id": enrolment_id, "person_id": actor.person_id or 0})
    return {
        module["number"]: code for facts, code in rows for module in json.loads(facts)["modules"]
    }
