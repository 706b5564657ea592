"""A process that writes the same thing again and again, and dies by kill -9 at a bad moment."""

import signal
import subprocess
import sys
import time
from itertools import islice

from flask import Flask

from tests.infra.test_processes import environment
from tests.support import patience
from tests.support.databases import ROOT


def write_and_kill(app: Flask, program: str, *arguments: int, saves: int, moment: float) -> int:
    """Starts `program`, which prints the number of each save once it is answered, and kills it
    `moment` seconds after so many saves. Returns the last number that it printed.
    """
    with subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        env=environment(app),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [int(line) for line in islice(process.stdout, saves)]
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=patience.scaled(10)) == -signal.SIGKILL
        return max([*said, *(int(line) for line in process.stdout if line.endswith("\n"))])
