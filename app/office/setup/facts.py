"""What happened while an office was set up."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class InstallationFact(Fact):
    """Base: everything here is about the installation. Nothing that was entered is repeated."""

    subject_kind: ClassVar[str] = "installation"

    @property
    def subject_id(self) -> str:
        return "1"


@dataclass(frozen=True)
class ContactChanged(InstallationFact):
    pass


class PublicAddressChanged(InstallationFact):
    """Links and QR codes lead to another address from now on."""


@dataclass(frozen=True)
class MailServerChanged(InstallationFact):
    """Letters leave through another server from now on; it has taken a test letter."""


@dataclass(frozen=True)
class SetupStepMarked(Fact):
    """A step of setting up was finished or left for later; `state` is a value of MarkState."""

    subject_kind: ClassVar[str] = "setup"

    step: str
    state: str

    @property
    def subject_id(self) -> str:
        return self.step
