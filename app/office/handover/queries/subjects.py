"""What the journal says of one thing: an event, an institution with its posts, an agreement, a work
table with its plan, a group with its delegates.

Certificates and people have a history of their own (`training.certificates.queries.history`,
`training.turnover.queries.history`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.plans.models import WorkPlan
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, untranslated
from app.office.handover import policy
from app.people.directory.models import Institution, Membership, Post, WorkingGroup
from app.planning.events.models import Event, WorkTable
from app.web.fields import number_in, uuid_in


@dataclass(frozen=True)
class Subject:
    """`about`: the subjects of the entries, by kind their ids. `country_code` is "" for what is of no
    country.
    """

    name: LocalizedText
    about: Mapping[str, Sequence[str]]
    country_code: str = ""


def subject_of(db: Session, *, actor: Actor, kind: str, key: str) -> Subject:
    """Returns the thing and which entries are about it. Not found for whoever may not read its
    history, as if there were none.
    """
    find = KINDS.get(kind)
    subject = find(db, key) if find else None
    if subject is None or not policy.may_read_history(actor, subject.country_code):
        raise NotFound
    return subject


def _event(db: Session, key: str) -> Subject | None:
    event = db.get(Event, number) if (number := uuid_in(key)) else None
    if event is None:
        return None
    return Subject(event.title, {"event": [str(event.id), event.id.hex]})


def _institution(db: Session, key: str) -> Subject | None:
    institution = db.get(Institution, number) if (number := number_in(key)) else None
    if institution is None:
        return None
    posts = _ids(db, select(Post.id).where(Post.institution_id == institution.id))
    about = {"institution": [str(institution.id)], "post": posts}
    return Subject(institution.name, about, institution.country_code)


def _agreement(db: Session, key: str) -> Subject | None:
    agreement = db.get(Agreement, number) if (number := number_in(key)) else None
    if agreement is None:
        return None
    name = untranslated(f"{agreement.number}{agreement.letter}")
    return Subject(name, {"agreement": [str(agreement.id)]})


def _table(db: Session, key: str) -> Subject | None:
    table = db.get(WorkTable, number) if (number := number_in(key)) else None
    if table is None:
        return None
    plans = _ids(db, select(WorkPlan.id).where(WorkPlan.work_table_id == table.id))
    return Subject(table.theme, {"work_table": [str(table.id)], "work_plan": plans})


def _group(db: Session, key: str) -> Subject | None:
    group = db.scalar(select(WorkingGroup).where(WorkingGroup.slug == key))
    if group is None:
        return None
    seats = _ids(db, select(Membership.id).where(Membership.working_group_id == group.id))
    return Subject(group.name, {"membership": seats})


def _ids(db: Session, statement: Select[Any]) -> list[str]:
    return [str(number) for number in db.scalars(statement)]


KINDS: Mapping[str, Callable[[Session, str], Subject | None]] = {
    "event": _event,
    "institution": _institution,
    "agreement": _agreement,
    "table": _table,
    "group": _group,
}
