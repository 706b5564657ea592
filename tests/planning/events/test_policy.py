"""Who may plan what: the whole matrix."""

import pytest

from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, Role
from app.kernel.refusal import NotAllowed
from app.planning.events import policy
from app.planning.events.values import EventKind
from app.planning.scheduling import policy as scheduling_policy
from app.planning.scheduling.values import Approver
from tests.planning.events.planning_builders import (
    AUTHOR,
    CONVENOR,
    FOCAL_POINT,
    LABOUR,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
)

WEBINAR, CONGRESS = EventKind.WEBINAR, EventKind.CONGRESS
OWN, OTHER, BOTH = {"protection"}, {"labour-migration"}, {"protection", "labour-migration"}
#            own webinar, other's, both groups', no group's, own congress
MATRIX = [
    (ORGANIZER, True, True, True, True, True),
    (PRESIDENCY, True, True, True, True, True),
    (SYSTEM, True, True, True, True, True),
    (CONVENOR, True, False, False, False, False),
    (LABOUR, False, True, False, False, False),
    (FOCAL_POINT, False, False, False, False, False),
    (OFFICIAL, False, False, False, False, False),
    (AUTHOR, False, False, False, False, False),
    (ANONYMOUS, False, False, False, False, False),
]


@pytest.mark.parametrize(("who", "own", "other", "both", "none", "congress"), MATRIX)
def test_who_may_plan_for_which_groups_and_kinds(
    who: Actor, *, own: bool, other: bool, both: bool, none: bool, congress: bool
) -> None:
    asked: tuple[tuple[set[str], EventKind], ...]
    asked = ((OWN, WEBINAR), (OTHER, WEBINAR), (BOTH, WEBINAR), (set(), WEBINAR), (OWN, CONGRESS))
    for (groups, kind), allowed in zip(asked, (own, other, both, none, congress), strict=True):
        assert policy.may_plan_for(who, groups, kind) is allowed
        if not allowed:
            with pytest.raises(NotAllowed):
                policy.require_may_plan_for(who, groups, kind)
    assert policy.may_plan(who) is (own or other)
    assert scheduling_policy.may_override(who, Approver.SECRETARIAT) is congress
    assert scheduling_policy.may_override(who, Approver.PRESIDENCY) is (
        who.is_system or who.holds(Role.PRESIDENCY)
    )
    assert not scheduling_policy.may_override(who, Approver.NOBODY)
