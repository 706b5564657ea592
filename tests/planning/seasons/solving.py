"""A process that solves what is waiting, and never ends by itself: `python -m tests.planning.seasons.solving
<json>`.
"""

import json
import sys
import time
from pathlib import Path

import time_machine

from app import create_app
from app.infra.platform import platform
from app.planning.seasons import tasks
from app.planning.seasons.rules import Board, Proposal, Tell
from tests.support.databases import settings_for

HALF_WAY = 42


def never_ends(board: Board, *, tell: Tell) -> Proposal:
    """Says how far it is, so that the parent knows when to kill."""
    tell(HALF_WAY)
    print("half way", flush=True)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    application = create_app(settings_for(given["database_url"], Path(given["data"])))
    vars(tasks)["propose"] = never_ends
    # The day of the test that started it: a lease of another day would be taken for a leap of the
    # clock.
    with time_machine.travel(given["now"], tick=True), application.app_context():
        platform(application).jobs.drain()
