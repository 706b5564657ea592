"""Processes that tests fork instead of beginning them anew."""

import os
import signal
import subprocess

from tests.support import forked

PROGRAM = """
import os, sys
print("app.factory" in sys.modules, sys.argv[1:], os.environ["GIVEN"], "HOME" in os.environ)
print(sys.stdin.readline().strip(), flush=True)
sys.stdin.read()
sys.exit(3)
"""


def test_forked_process_has_arguments_surroundings_and_pipes_of_its_own() -> None:
    with forked.begun("-c", PROGRAM, "a", "b", env={"GIVEN": "this"}) as process:
        assert process.stdout.readline() == "True ['a', 'b'] this False\n"
        print("heard", file=process.stdin, flush=True)
        assert process.stdout.readline() == "heard\n"
        process.stdin.close()
        assert process.wait() == 3


def test_forked_process_is_killed_alone_and_what_fails_says_why() -> None:
    with forked.begun("-c", PROGRAM, env={"GIVEN": ""}) as process:
        process.kill()
        assert process.wait() == -signal.SIGKILL
    status, said = forked.run("-c", "1 / 0", env=os.environ)
    assert (status, "ZeroDivisionError" in said) == (1, True)
    assert forked.run("-m", "tests.support.no_such_module", env=os.environ)[0] == 1
    with forked.begun("-c", "import time; time.sleep(60)", env={}, stderr=subprocess.STDOUT) as one:
        assert forked.run("-c", "print('beside')", env={}) == (0, "beside\n")
        one.kill()
