"""The program of an account, ready to be asked, and its keys sealed and opened."""

import json
from dataclasses import asdict, dataclass

from app.infra.meetings.calling import Reach, Tokens
from app.infra.meetings.port import MeetingKeys, MeetingProgram
from app.infra.meetings.teams import Teams
from app.infra.meetings.zoom import Zoom
from app.infra.sealing import seal, unseal
from config import Settings

PURPOSE = "meetings"
ZOOM, TEAMS = "zoom", "teams"
TOKENS = Tokens()


@dataclass(frozen=True)
class Patience:
    """How long one request may take in seconds, and how often it is tried."""

    timeout: float
    tries: int


BACKGROUND = Patience(timeout=20.0, tries=3)
IN_A_REQUEST = Patience(timeout=8.0, tries=1)
"""Somebody waits for the page."""


def program_of(
    name: str, keys: MeetingKeys, *, settings: Settings, patience: Patience = BACKGROUND
) -> MeetingProgram:
    """Returns Zoom or Teams at the address that the settings name."""
    line = Reach(settings.fetch_allow, patience.timeout, patience.tries)
    if name == ZOOM:
        return Zoom(keys, api=settings.zoom_api, door=settings.zoom_login, tokens=TOKENS, line=line)
    if name == TEAMS:
        return Teams(
            keys, graph=settings.graph_api, login=settings.graph_login, tokens=TOKENS, line=line
        )
    raise LookupError(name)


def sealed_keys(keys: MeetingKeys, *, secret: str) -> str:
    return seal(json.dumps(asdict(keys)), secret=secret, purpose=PURPOSE)


def opened_keys(sealed: str, *, secret: str) -> MeetingKeys:
    """Raises CannotUnseal when the application has another secret now."""
    return MeetingKeys(**json.loads(unseal(sealed, secret=secret, purpose=PURPOSE)))
