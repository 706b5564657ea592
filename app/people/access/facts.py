"""What happened to requests for access. Ids only: who asked stands in the request."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class AccessRequestFact(Fact):
    """Base: about one request; `country_code` is "" for who serves in no Member Country."""

    subject_kind: ClassVar[str] = "access-request"

    request_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.request_id)


@dataclass(frozen=True)
class AccessRequested(AccessRequestFact):
    """Somebody asked to be let in."""


@dataclass(frozen=True)
class AccessRequestSettled(AccessRequestFact):
    """`decision` is accepted, declined or held: the secretariat checks the address first."""

    decision: str
