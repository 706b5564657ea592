"""From parties to resources: what an engagement needs of each, and how firmly under the terms in
force.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.planning.scheduling import rules
from app.planning.scheduling.models import Resource
from app.planning.scheduling.queries.calendar import ALL_LANES, EVERY_GROUP, Key, resources_of
from app.planning.scheduling.rules.overlaps import BUFFERED, SOFT
from app.planning.scheduling.rules.spec import REFUSED, Terms
from app.planning.scheduling.rules.tiles import Tile, first_free_lane
from app.planning.scheduling.services.tiling import ResourceNeed, taken_lanes
from app.planning.scheduling.values import EngagementDraft, Nature, Party, PartyKind, Rule

NO_LABEL = LocalizedText()
RESOURCES = select(Resource).where(
    Resource.kind.in_(bindparam("kinds", expanding=True)),
    Resource.key.in_(bindparam("keys", expanding=True)),
)


def needs_of(
    db: Session, engagement_id: int, draft: EngagementDraft, parties: Sequence[Party], terms: Terms
) -> list[ResourceNeed]:
    """Returns one need for each resource.

    What the book only warns of is soft; a quiet time lengthens the trailing side.
    """
    needed = resources_of(parties, terms.pairs)
    rule_of: dict[str, str] = {spec.holds: spec.name for spec in terms.book.specs if spec.holds}
    if not any(party.kind is PartyKind.WORKING_GROUP for party in parties):
        rule_of[EVERY_GROUP[0]] = Rule.CONGRESS_CYCLE
    ids = _resource_ids(db, needed)
    buffer = None if draft.nature is Nature.SITTING else terms.buffer(draft.span)
    needs = []
    for key, party in needed.items():
        quiet = buffer if key[0] in BUFFERED else None
        ends_at = (
            min(draft.span.ends_at + quiet, draft.span.starts_at + rules.LONGEST)
            if quiet
            else draft.span.ends_at
        )
        rule = rule_of.get(key[0])  # the cycle of the congress itself is shared and holds nothing
        is_soft = draft.nature in SOFT or (
            rule is not None and terms.setting(rule, draft.span).severity not in REFUSED
        )
        span = (draft.span.starts_at, ends_at)
        needs.append(
            ResourceNeed(
                ids[key], Tile(*span, *_lanes(db, engagement_id, ids[key], party, span)), is_soft
            )
        )
    return needs


def _lanes(
    db: Session,
    engagement_id: int,
    resource_id: int,
    party: Party | None,
    span: tuple[datetime, datetime],
) -> tuple[int, int]:
    """Returns the first and last lane to hold: all for an exclusive party, else one's own.

    Of a licence it is the first lane that is free, or the first of all.
    """
    if party is None or party.exclusive:
        return ALL_LANES
    if party.kind is not PartyKind.LICENCE:
        return engagement_id, engagement_id + 1
    taken = taken_lanes(db, resource_id, Tile(*span, *ALL_LANES))
    lane = first_free_lane(party.capacity, *span, taken) or 0
    return lane, lane + 1


def _resource_ids(db: Session, needed: dict[Key, Party | None]) -> dict[Key, int]:
    """Returns the resources' ids; writes those that are new, and brings labels up to the names of
    today.
    """
    kinds, keys = {kind for kind, _ in needed}, {key for _, key in needed}
    rows = db.scalars(RESOURCES, {"kinds": list(kinds), "keys": list(keys)})
    known = {(row.kind, row.key): row for row in rows}
    for (kind, key), party in needed.items():
        row = known.get((kind, key))
        label = party.label if party else NO_LABEL
        if row is None:
            row = known[kind, key] = Resource(
                kind=kind, key=key, label=label, capacity=party.capacity if party else 1
            )
            db.add(row)
        elif row.label != label:
            row.label = label
    db.flush()
    return {key: row.id for key, row in known.items()}
