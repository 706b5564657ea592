"""The parts of agreements, each of many agreements in one statement."""

from collections.abc import Collection, Iterable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.models import AgreementParty, AgreementProposal, AgreementReview
from app.followup.agreements.policy import may_propose, sees_names
from app.followup.agreements.values import (
    ProposalView,
    ResponsibleKind,
    ResponsibleView,
    ReviewView,
    Status,
)
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, Person, WorkingGroup
from app.people.identity.models import Account
from app.planning.events.models import Edition, Event, EventLink
from app.training.learning.models import Course, CourseEdition
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineSection, GuidelineVersion

KINDS = tuple(ResponsibleKind)
Key = TypeVar("Key")
Part = TypeVar("Part")


def parties_of(db: Session, ids: Collection[int]) -> dict[int, tuple[ResponsibleView, ...]]:
    """Returns who answers for each: countries first, then institutions, groups, the two organs and
    observers. Three statements.
    """
    rows = db.scalars(select(AgreementParty).where(AgreementParty.agreement_id.in_(ids))).all()
    countries = {c.code: c.name for c in db.scalars(select(Country))} if rows else {}
    of_kind = {kind: {row.key for row in rows if row.kind == kind} for kind in KINDS}
    institutions = {
        str(one.id): one.name
        for one in db.scalars(
            select(Institution).where(
                Institution.id.in_([int(key) for key in of_kind[ResponsibleKind.INSTITUTION]])
            )
        )
    }
    groups = {
        one.slug: one.name
        for one in db.scalars(
            select(WorkingGroup).where(
                WorkingGroup.slug.in_(of_kind[ResponsibleKind.WORKING_GROUP])
            )
        )
    }

    def view(row: AgreementParty) -> ResponsibleView:
        kind = ResponsibleKind(row.kind)
        known = {
            ResponsibleKind.COUNTRY: countries,
            ResponsibleKind.INSTITUTION: institutions,
            ResponsibleKind.WORKING_GROUP: groups,
        }.get(kind, {})
        return ResponsibleView(
            kind, row.key, known.get(row.key, LocalizedText(es=row.key)), row.country_code or ""
        )

    parties = [(row.agreement_id, view(row)) for row in rows]
    return grouped(
        sorted(parties, key=lambda pair: (KINDS.index(pair[1].kind), pair[1].name.in_()))
    )


def editions_of(db: Session, events: Collection[UUID]) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """Returns slug and label of the editions in whose cycle each event stands, oldest first."""
    rows = db.execute(
        select(EventLink.event_id, Edition.slug, Edition.label, Edition.id)
        .join(Edition, Edition.id == EventLink.edition_id)
        .where(EventLink.event_id.in_(events))
        .distinct()
        .order_by(Edition.id)
    )
    return grouped((row.event_id, (row.slug, row.label)) for row in rows)


def sections(db: Session) -> dict[str, LocalizedText]:
    """Returns titles by code from the newest version of the Guidelines, in the document's order.
    Documents of other courses do not count.
    """
    of_another_course = (
        select(CourseEdition.id)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(CourseEdition.guideline_version_id == GuidelineVersion.id, Course.slug != GUIDELINES)
    )
    newest = (
        select(GuidelineVersion.id)
        .where(~of_another_course.exists())
        .order_by(GuidelineVersion.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    chosen = select(GuidelineSection.code, GuidelineSection.title)
    rows = db.execute(
        chosen.where(GuidelineSection.guideline_version_id == newest).order_by(
            GuidelineSection.position
        )
    )
    return {row[0]: row[1] for row in rows}


def reviews_of(
    db: Session, ids: Collection[int], *, actor: Actor
) -> dict[int, tuple[ReviewView, ...]]:
    """Returns the reviews of each, oldest first; a correction counts from when it was made."""
    rows = db.execute(
        select(AgreementReview, Event.title, Event.starts_at, Person.full_name)
        .join(Event, Event.id == AgreementReview.event_id)
        .outerjoin(Account, Account.id == AgreementReview.by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(AgreementReview.agreement_id.in_(ids))
        .order_by(AgreementReview.at, AgreementReview.agreement_id)
    )
    named = sees_names(actor)
    return grouped(
        (
            row.agreement_id,
            ReviewView(
                event_id=row.event_id,
                event_title=title,
                event_starts_at=starts_at,
                status=Status(row.status),
                note=row.note,
                at=row.at,
                by=(name or "") if named else "",
            ),
        )
        for row, title, starts_at, name in rows
    )


def proposals_of(
    db: Session, ids: Collection[int], *, actor: Actor
) -> dict[int, tuple[ProposalView, ...]]:
    """Returns all proposals to organizers, and those of their own country to a focal point."""
    rows = db.scalars(
        select(AgreementProposal)
        .where(AgreementProposal.agreement_id.in_(ids))
        .order_by(AgreementProposal.agreement_id, AgreementProposal.country_code)
    )
    return grouped(
        (
            row.agreement_id,
            ProposalView(row.country_code, Status(row.status), row.note, row.evidence_url, row.at),
        )
        for row in rows
        if sees_names(actor) or may_propose(actor, [row.country_code])
    )


def grouped(pairs: Iterable[tuple[Key, Part]]) -> dict[Key, tuple[Part, ...]]:
    """Returns the parts by key, in the order in which they came."""
    by_key: dict[Key, list[Part]] = {}
    for key, part in pairs:
        by_key.setdefault(key, []).append(part)
    return {key: tuple(parts) for key, parts in by_key.items()}
