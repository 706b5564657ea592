"""What second factors tell. No secret, no code and no name of a device stands in a fact."""

from dataclasses import dataclass

from app.people.factors.values import FactorKind
from app.people.identity.facts import AccountFact


@dataclass(frozen=True)
class SecondFactorSetUp(AccountFact):
    factor: FactorKind


@dataclass(frozen=True)
class SecondFactorRemoved(AccountFact):
    factor: FactorKind


@dataclass(frozen=True)
class SecondFactorFailed(AccountFact):
    """After a right password or link, or to confirm who it is, a wrong code was sent. At most fifty a
    day for one account: LIMITS of the rules.
    """


@dataclass(frozen=True)
class RecoveryCodesMade(AccountFact):
    """Ten new ones; those of before stopped working."""


@dataclass(frozen=True)
class RecoveryCodeUsed(AccountFact):
    left: int


@dataclass(frozen=True)
class LostFactorsTold(AccountFact):
    """An organizer says that they spoke with the owner, who has no second factor at hand any more."""


@dataclass(frozen=True)
class LostFactorsDeclined(AccountFact):
    """It was taken back, or another organizer did not agree: nothing changed."""


@dataclass(frozen=True)
class FactorsLost(AccountFact):
    """Second factors, password and sessions of the account have ended, by the word of two organizers
    or of whoever runs the machine.
    """


@dataclass(frozen=True)
class FactorReminderSent(AccountFact):
    """An organizer wrote to somebody whose role demands a second factor."""


@dataclass(frozen=True)
class FactorGraceChanged(AccountFact):
    """How many days there are for setting up a second factor; `account_id`: who set it."""

    days: int
