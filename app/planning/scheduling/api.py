"""The rule book for programs."""

from datetime import date
from typing import Annotated

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading
from app.infra.language import both
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import N_
from app.planning.scheduling import policy
from app.planning.scheduling.queries.settings import RuleLine, rule_lines
from app.web.fields import day_in
from app.web.guards import current_actor, requires
from app.web.openapi import spec

bp = Blueprint("scheduling_api", __name__, url_prefix="/api/v1")


# `GET /api/v1/rules?on=2027-03-01`: how hard each rule is for events that start on a day.

NOT_A_DAY = N_("Send a day such as 2026-11-24.")


class RulesQuery(BaseModel):
    """`on`: a day in the reference zone, America/Costa_Rica; left out: today."""

    on: (
        Annotated[
            str,
            Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
        ]
        | None
    ) = None

    @field_validator("on")
    @classmethod
    def _is_a_day(cls, on: str | None) -> str | None:
        if on is not None and day_in(on) is None:
            raise ValueError(NOT_A_DAY)
        return on


class RuleOut(BaseModel):
    """Severity: block, confirm, warn, info. Approver: who may let an event stand against it:
    nobody, presidency, secretariat (then the presidency too). `threshold` is null for rules that do
    not count. The dates are those of the decision in force, `valid_until` the first day that no
    longer counts; null where the book stands as written.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    rule: str
    name: dict[str, str]
    severity: str
    threshold: int | None
    approver: str
    valid_from: date | None = None
    valid_until: date | None = None


class RulesOut(BaseModel):
    on: date
    rules: list[RuleOut]


@bp.get("/rules")
@requires(policy.may_see_rules)
@spec.validate(query=RulesQuery, resp=Answers(HTTP_200=RulesOut), tags=["scheduling"])
def list_rules() -> Response:
    """Every rule in the order of the book."""
    query: RulesQuery = request.context.query  # type: ignore[attr-defined]  # put there by spectree
    on = day_in(query.on or "") or clock.today(REFERENCE_ZONE)
    with reading() as db:
        lines = rule_lines(db, actor=current_actor(), on=on)
    return jsonify(RulesOut(on=on, rules=[_out(line) for line in lines]).model_dump(mode="json"))


def _out(line: RuleLine) -> RuleOut:
    decision = line.decision
    return RuleOut(
        rule=str(line.spec.name),
        name=both(line.spec.title).as_dict(),
        severity=line.setting.severity.value,
        threshold=line.setting.threshold,
        approver=line.setting.approver.value,
        valid_from=decision.valid_from if decision else None,
        valid_until=decision.valid_until if decision else None,
    )
