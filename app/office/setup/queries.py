"""How far an office is set up, in a fixed number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, and_, bindparam, distinct, func, select
from sqlalchemy.orm import Session

from app.infra.installation import installation
from app.infra.orm import in_force, not_over
from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.office.setup import policy
from app.office.setup.models import SetupDraft, SetupMark
from app.office.setup.values import CHECKLIST, MarkState, Progress, SetupStep
from app.people.directory.models import (
    Country,
    DoubtfulInstitution,
    FocalPoint,
    Institution,
    Person,
    PresidencyTerm,
    WorkingGroup,
)
from app.people.directory.queries.institutions import doubtful_lines
from app.people.identity.models import Account, RoleGrant
from app.people.identity.queries import ORGANIZERS, invitations_of
from app.people.identity.values import AccountInvitationRow
from app.planning.events.models import Event
from app.planning.scheduling.queries.settings import book_of
from app.planning.scheduling.values import Severity


@dataclass(frozen=True)
class FocalPointRow:
    """A country by `name` with its focal point `person` ("" while there is none) and their invitation, if any."""

    country_code: str
    name: LocalizedText
    person: str
    invitation: AccountInvitationRow | None


@dataclass(frozen=True)
class InviteeRow:
    """Somebody with a role, and their invitation, if any."""

    person: str
    email: str
    invitation: AccountInvitationRow | None


TODAY = bindparam("today", type_=Date())
COUNTS = select(
    select(func.count()).select_from(Country).scalar_subquery(),
    select(func.count())
    .select_from(WorkingGroup)
    .where(WorkingGroup.kind == "working-group")
    .scalar_subquery(),
    select(func.count())
    .select_from(WorkingGroup)
    .where(WorkingGroup.kind != "working-group")
    .scalar_subquery(),
    select(func.count())
    .select_from(Institution)
    .where(Institution.closed_on.is_(None))
    .scalar_subquery(),
    select(func.count()).select_from(DoubtfulInstitution).scalar_subquery(),
    select(Event.id).where(Event.published_at.is_not(None)).exists(),
    select(func.count(distinct(FocalPoint.country_code)))
    .where(
        in_force(FocalPoint, TODAY),
    )
    .scalar_subquery(),
    select(func.count(distinct(ORGANIZERS.subquery().c.account_id))).scalar_subquery(),
    select(PresidencyTerm.id)
    .join(
        RoleGrant,
        and_(
            RoleGrant.role == Role.PRESIDENCY.value,
            RoleGrant.scope == PresidencyTerm.country_code,
            in_force(RoleGrant, TODAY),
        ),
    )
    .where(in_force(PresidencyTerm, TODAY))
    .exists(),
)
"""What there is, and of a day: countries with a focal point, organizers, whether the presidency has
its people.
"""


def progress(db: Session, *, actor: Actor, on: date) -> Progress:
    """Returns the state of each step on a day. Three statements."""
    policy.require_may_set_up(actor)
    return _progress(db, _marks(db), on)


def _marks(db: Session) -> dict[str, str]:
    return {row.step: row.state for row in db.execute(select(SetupMark.step, SetupMark.state))}


def _progress(db: Session, marks: Mapping[str, str], on: date) -> Progress:
    (
        countries,
        groups,
        organs,
        institutions,
        doubtful,
        is_published,
        covered,
        organizers,
        is_presided,
    ) = db.execute(COUNTS, {"today": on}).one()
    book = book_of(db)
    settings = [book.setting(spec.name, on) for spec in book.specs]
    way = installation(db)
    return Progress(
        marks={
            SetupStep(step): MarkState(state)
            for step, state in marks.items()
            if step in list(SetupStep)
        },
        countries=countries,
        groups=groups,
        organs=organs,
        rules_on=sum(setting.severity is not Severity.INFO for setting in settings),
        rules=len(settings),
        institutions=institutions,
        doubtful=doubtful,
        covered=covered,
        organizers=organizers,
        is_presided=bool(is_presided),
        is_published=bool(is_published),
        address=way.address if way.is_reached else "",
        mail_host=way.mail.host if way.mail else "",
        writes_files=way.writes_files,
    )


def focal_point_rows(db: Session, *, actor: Actor, on: date) -> tuple[FocalPointRow, ...]:
    """Returns every country with its focal point on a day and the state of the invitation. Three
    statements.
    """
    policy.require_may_set_up(actor)
    holders = {
        code: (name, account_id)
        for code, name, account_id in db.execute(
            select(FocalPoint.country_code, Person.full_name, Account.id)
            .join(Person, Person.id == FocalPoint.person_id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(
                in_force(FocalPoint, on),
            )
        )
    }
    accounts = {account_id for _, account_id in holders.values() if account_id}
    invited = {
        row.account_id: row
        for row in reversed(invitations_of(db, actor=actor, account_ids=accounts))
    }
    rows = []
    for country in db.scalars(select(Country)):
        name, account_id = holders.get(country.code, ("", None))
        rows.append(
            FocalPointRow(
                country_code=country.code,
                name=country.name,
                person=name,
                invitation=invited.get(account_id or 0),
            )
        )
    return tuple(rows)


def draft_of(db: Session, *, actor: Actor, step: SetupStep) -> list[tuple[str, str]] | None:
    """Returns what was typed on a step and is not saved yet, as the form sends it; None without."""
    policy.require_may_set_up(actor)
    row = db.get(SetupDraft, step.value)
    return None if row is None else [(name, value) for name, value in row.typed]


def waiting_lines(db: Session, *, actor: Actor) -> int:
    """Returns how many pasted lines about institutions are not saved yet: those that wait for an
    answer, and those that somebody left behind on the step.
    """
    typed = draft_of(db, actor=actor, step=SetupStep.INSTITUTIONS) or []
    lines = sum(
        bool(line.strip()) for name, value in typed if name == "lines" for line in value.split("\n")
    )
    in_draft = {value for name, value in typed if name == "waiting"}
    return lines + len(set(doubtful_lines(db, actor=actor)) - in_draft)


def invitee_rows(db: Session, *, actor: Actor, role: Role, on: date) -> tuple[InviteeRow, ...]:
    """Returns who has a role today or later, with the state of their invitation. Two statements."""
    policy.require_may_set_up(actor)
    people = db.execute(
        select(Account.id, Account.email, Person.full_name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            Account.active,
            RoleGrant.role == role.value,
            not_over(RoleGrant, on),
        )
        .order_by(RoleGrant.id)
    ).all()
    accounts = {account_id for account_id, _email, _name in people}
    invited = {
        row.account_id: row
        for row in reversed(invitations_of(db, actor=actor, account_ids=accounts))
    }
    rows = {id_: InviteeRow(name or email, email, invited.get(id_)) for id_, email, name in people}
    return tuple(rows.values())


def checklist(db: Session, *, actor: Actor, on: date) -> Progress | None:
    """Returns the checklist of an organizer's home page; None when it is done or dismissed, and for
    everybody else. One statement once it is dismissed.
    """
    if not policy.may_set_up(actor):
        return None
    marks = _marks(db)
    if CHECKLIST in marks:
        return None
    steps = _progress(db, marks, on)
    return steps if steps.open_steps else None
