"""Words about what was asked of the presidency: its states, and the parts that people have."""

from collections.abc import Mapping

from app.kernel.text import N_
from app.planning.arranging.wording import PERSON_ROLES
from app.planning.events.values import PersonRole, RequestState

STATES: Mapping[RequestState, str] = {
    RequestState.OPEN: N_("Waiting for the presidency"),
    RequestState.AUTHORIZED: N_("Authorized"),
    RequestState.OFFERED: N_("Another hour was offered"),
    RequestState.ACCEPTED: N_("The other hour was taken"),
    RequestState.DECLINED: N_("Not authorized"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
    RequestState.LAPSED: N_("Not answered in time: nothing is authorized"),
}
ROLES: Mapping[str, str] = {role.value: PERSON_ROLES[role] for role in PersonRole}
NEEDED: Mapping[bool, str] = {
    True: N_("has a part in both at once"),
    False: N_("can attend only one of them"),
}
