"""Consumers as processes of their own: `python -m tests.infra.consumers <json>`.

{"consumers": 2}  forks that many, says "ready", and lets them finish when its standard input
closes. {"kills": 8}      forks one after the other and kills each with SIGKILL a moment after it
began to work. The application is made before the fork: what a child must not share would break
here.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from flask import Flask

from tests.infra.trial import handed_over, jobs_of, make_app, told


def start(app: Flask) -> int:
    child = os.fork()
    if child == 0:
        jobs_of(app).consumer(workers=2).run()
        os._exit(0)
    return child


def kill_again_and_again(app: Flask, kills: int) -> None:
    chance = random.Random(2026)
    for _ in range(kills):
        before = work_seen(app)
        child = start(app)
        limit = time.monotonic() + 10
        while work_seen(app) == before and time.monotonic() < limit:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def work_seen(app: Flask) -> int:
    """Grows with what listeners outside the database have done: the parent opens no connection of
    its own.
    """
    return sum(file.stat().st_size for file in (told(app), handed_over(app)) if file.exists())


def serve_until_told(app: Flask, consumers: int) -> int:
    children = [start(app) for _ in range(consumers)]
    print("ready", flush=True)
    sys.stdin.read()
    for child in children:
        os.kill(child, signal.SIGTERM)
    return sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    application = make_app(
        given["database_url"],
        Path(given["data"]),
        jobs="external",
        redis_url=given.get("redis_url", ""),
    )
    if "kills" in given:
        kill_again_and_again(application, given["kills"])
    else:
        sys.exit(serve_until_told(application, given["consumers"]))
