"""Conflict cases for programs: what clashes since it was scheduled, in words and in names that
stay.
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, Field
from spectree import Response as Answers

from app.infra.database import reading
from app.people.identity.policy import leads_the_region
from app.planning.cases.queries import PER_PAGE, ConflictCaseView, conflict_cases
from app.planning.scheduling.values import Approver
from app.planning.scheduling.wording import about_case
from app.web.guards import current_actor, requires
from app.web.locale import reader_timezone
from app.web.openapi import spec

bp = Blueprint("cases_api", __name__, url_prefix="/api/v1")


class CaseParty(BaseModel):
    kind: str
    key: str
    name: dict[str, str]


class CaseOut(BaseModel):
    """`events`: the one it was opened for, then the other, if any. `rule` is empty when somebody
    needed has left.
    """

    id: int
    state: str = Field(description="open or closed")
    rule: str
    cause: str
    party: CaseParty | None
    events: list[UUID]
    sentence: dict[str, str]
    approver: Approver = Field(description="who may accept it with a reason")
    opened_at: datetime
    closed_at: datetime | None
    outcome: str = Field(
        description="moved, replaced, settled, accepted, or empty while it is open"
    )
    reason: str


class CasesOut(BaseModel):
    cases: list[CaseOut]
    total: int
    page: int
    pages: int


class CasesQuery(BaseModel):
    page: int = Field(1, ge=1, le=100_000, description=f"{PER_PAGE} cases a page")
    open: bool | None = Field(None, description="true: open ones only; false: closed ones only")


@bp.get("/cases")
@requires(leads_the_region)
@spec.validate(query=CasesQuery, resp=Answers(HTTP_200=CasesOut), tags=["cases"])
def list_cases(query: CasesQuery) -> Response:
    """Lists conflict cases, open ones first: for the secretariat and the presidency."""
    with reading() as db:
        page = conflict_cases(db, actor=current_actor(), number=query.page, is_open=query.open)
    at = page.paging
    answer = CasesOut(
        cases=[_out(case) for case in page.cases], total=at.total, page=at.number, pages=at.pages
    )
    return jsonify(answer.model_dump(mode="json"))


def _out(case: ConflictCaseView) -> CaseOut:
    record = case.record
    party = record.party
    return CaseOut(
        id=record.id,
        state="open" if record.is_open else "closed",
        rule=record.rule or "",
        cause=record.cause,
        events=[event.id for event in case.events],
        approver=record.approver,
        party=CaseParty(kind=party.kind.value, key=party.key, name=party.label.as_dict())
        if party
        else None,
        sentence=about_case(record, reader_timezone=reader_timezone()).as_dict(),
        opened_at=record.opened_at,
        closed_at=record.closed_at,
        outcome=record.outcome,
        reason=record.note,
    )
