"""Certificates that print otherwise than their holder's record says today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.people.directory.queries.roster import is_erased
from app.training.certificates import rules
from app.training.certificates.models import Certificate, NameErasure, RevocationProposal
from app.training.certificates.queries.achievements import institution_on, served_by
from app.training.certificates.queries.register import counts
from app.training.certificates.values import CertificateFacts, facts_from


@dataclass(frozen=True)
class Misprint:
    """A certificate, and what it would print with the record as it is: the name today, and the
    institution in which the holder served when it was earned.
    """

    certificate_id: int
    facts: CertificateFacts
    holder_name: str
    institution: LocalizedText


def misprints(db: Session, person_id: int, *, today: date) -> Sequence[Misprint]:
    """Returns those of a person's certificates that stand and print another name or institution.

    Not scoped: callers have asked who may correct the record. Not among them is what somebody
    proposes to revoke, and what had its name taken away.
    """
    person = db.get(Person, person_id)
    if person is None or person.merged_into_id is not None:
        return ()
    if is_erased(person.id, person.full_name):
        return ()
    standing = db.scalars(
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            counts(today),
            ~exists().where(NameErasure.certificate_id == Certificate.id),
            ~exists().where(RevocationProposal.certificate_id == Certificate.id),
        )
        .order_by(Certificate.id)
    ).all()
    if not standing:
        return ()
    served = served_by(db, [person_id])[person_id]
    would = [
        as_on_record(row, person.own_name, institution_on(row.completed_on, served))
        for row in standing
    ]
    return [
        one
        for one in would
        if (one.holder_name, one.institution) != (one.facts.holder_name, one.facts.institution)
    ]


def country_of(db: Session, person_id: int) -> str:
    """Returns the country of a person's record, "" for none."""
    return db.get_one(Person, person_id).country_code or ""


def name_on_record(db: Session, person_id: int) -> str:
    return db.get_one(Person, person_id).own_name


def as_on_record(row: Certificate, name: str, institution: LocalizedText) -> Misprint:
    """Returns what a certificate would print. Where the record tells of no institution on that day,
    the printed one stays; a name that cannot be printed is refused when it is issued.
    """
    facts = facts_from(row.facts)
    try:
        printed = rules.printable_name(name)
    except rules.NameNotPrintable:
        printed = name
    return Misprint(
        certificate_id=row.id,
        facts=facts,
        holder_name=printed,
        institution=rules.in_both(institution) if institution else facts.institution,
    )
