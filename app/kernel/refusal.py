"""Refusals: a rule that says no, as an exception that knows no HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from app.kernel.text import N_


class Kind(StrEnum):
    """What sort of no it is; only web/errors.py turns it into a status code."""

    INVALID = "invalid"
    UNKNOWN_ACTOR = "unknown-actor"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    GONE = "gone"
    STALE = "stale"
    TOO_MANY = "too-many"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Sentence:
    """An English msgid with named parameters, translated only at the edge."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """Base of every refusal. Subclasses set `kind`, `rule` (a stable machine name) and `msgid`
    (marked with N_).
    """

    kind: ClassVar[Kind] = Kind.CONFLICT
    rule: str = "refused"
    msgid: ClassVar[str] = N_("This is not possible.")

    def __init__(self, **params: Any) -> None:
        super().__init__(self.rule)
        self.sentence = Sentence(self.msgid, params)


class NotFound(Refusal):
    """Also said of what exists but is none of the actor's business, so that ids cannot be
    probed.
    """

    kind = Kind.MISSING
    rule = "not-found"
    msgid = N_("What you are looking for does not exist, or is not for you to see.")


class NotAllowed(Refusal):
    kind = Kind.FORBIDDEN
    rule = "not-allowed"
    msgid = N_("Your role does not allow this.")


class InvalidInput(Refusal):
    """Values that cannot be accepted, each named by its field."""

    kind = Kind.INVALID
    rule = "invalid-input"
    msgid = N_("Some answers need mending.")

    def __init__(self, errors: Mapping[str, Sentence]) -> None:
        super().__init__()
        self.errors = dict(errors)
