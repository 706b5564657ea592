"""Holds what belongs to one application: its settings, its machines, and the ports that packages
fill for those below them.

`app/factory.py` makes it and `app/wiring` fills the ports; everybody else reads `platform()`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

if TYPE_CHECKING:  # these read the platform themselves
    from app.infra.body import Body
    from app.infra.crowds import Crowds
    from app.infra.files import Files
    from app.infra.health import Health
    from app.infra.jobs import Jobs
    from app.infra.mail import Outgoing
    from app.infra.secret_keys import SecretKeys
    from config import Settings

KEY = "convoca"
Port = TypeVar("Port")


@dataclass
class Platform:
    """What one application holds. Tests replace its attributes."""

    settings: "Settings"
    keys: "SecretKeys"
    body: "Body"
    mailer: "Outgoing"
    files: "Files"
    jobs: "Jobs"
    health: "Health"
    crowds: "Crowds"
    session_info: dict[str, Any]
    """What each database session carries in its `info`."""
    schema_rules: Sequence[Callable[[Connection], None]]
    """Put the triggers and constraints in place, after each migration."""
    tripwires: Sequence[Callable[[Connection], None]]
    """Prove at each start that those rules work."""
    greeting: Callable[[], Sequence[str]]
    """Returns the lines that the terminal shows before the server starts."""
    after_commit: list[Callable[[Session], object]]
    holds_demo: bool | None = None
    """What `is_demonstration` found. The demonstration comes with the first rows or never, so one
    process asks once.
    """
    serves: bool = False
    """True in the process of `flask serve`, which can end itself."""
    afterwards: Callable[[], object] | None = None
    """What `flask serve` does once it has ended."""
    ports: dict[type, Any] = field(default_factory=dict)

    def fill(self, port: object) -> None:
        """Puts the port to hand for the package that declares its class."""
        self.ports[type(port)] = port

    def port(self, kind: type[Port]) -> Port:
        """Returns what `app/wiring` put into the port. A package declares as a dataclass what it
        needs from packages above it, which it cannot import.
        """
        filled: Port = self.ports[kind]
        return filled


def platform(app: Flask | None = None) -> Platform:
    """Returns what the application holds; the current one, unless another is given."""
    held: Platform = (app or current_app).extensions[KEY]
    return held
