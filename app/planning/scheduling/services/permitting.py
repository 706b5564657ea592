"""Who may let an engagement stand against a rule, and why they say so."""

from collections.abc import Sequence

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.planning.scheduling import policy
from app.planning.scheduling.rules.overrides import require_reason
from app.planning.scheduling.values import Finding, OverrideAsked, Permission

OVERRIDE_FIELD = "override_reason"


def permissions_of(
    actor: Actor, overrides: Sequence[OverrideAsked], findings: Sequence[Finding]
) -> tuple[Permission, ...]:
    """Returns the permissions that the overrides give; one that overrides nothing is left out.

    Refuses with NotAllowed what is not the actor's to permit, and with InvalidInput a reason that
    says too little.
    """
    found = {(finding.rule, finding.against) for finding in findings if finding.is_overridden}
    return tuple(
        _permission(actor, override, findings)
        for override in overrides
        if (override.rule, override.against) in found
    )


def _permission(actor: Actor, override: OverrideAsked, findings: Sequence[Finding]) -> Permission:
    key = (override.rule, override.against)
    approvers = {finding.approver for finding in findings if (finding.rule, finding.against) == key}
    if not all(policy.may_override(actor, approver) for approver in approvers):
        raise NotAllowed
    reason = require_reason(OVERRIDE_FIELD, override.reason)
    return Permission(
        rule=override.rule,
        against=override.against,
        reason=reason,
        decided_by=actor.account_id or None,
    )
