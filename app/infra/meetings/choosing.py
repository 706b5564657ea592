"""The program of an account, ready to be asked, and its keys sealed and opened."""

import json
from dataclasses import asdict, dataclass

from app.infra.meetings.calling import Reach, Tokens
from app.infra.meetings.port import MeetingKeys, MeetingProgram
from app.infra.meetings.teams import Teams
from app.infra.meetings.zoom import Zoom
from app.infra.secret_keys import SecretKeys
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


def sealed_keys(keys: MeetingKeys, *, own: SecretKeys) -> str:
    return own.seal(json.dumps(asdict(keys)), purpose=PURPOSE)


def opened_keys(sealed: str, *, own: SecretKeys) -> MeetingKeys:
    """Raises CannotUnseal when the key that sealed them is listed no more."""
    return MeetingKeys(**json.loads(own.unseal(sealed, purpose=PURPOSE)))
