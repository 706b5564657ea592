"""The check of headers that every crawl of these tests makes can fail, and holds where no crawl
comes by.
"""

from pathlib import Path

import pytest

from tests.security.crawl import walked
from tests.security.headers import faults
from tests.security.matrix import ANONYMOUS
from tests.security.world import Objects, built, copied


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


@pytest.mark.parametrize("who", ["official-hn", ANONYMOUS])
def test_each_answer_has_a_nonce_of_its_own(
    who: str, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    """Addresses without a page too; what the walk itself holds against an answer is in `faults`."""
    file, usual = world
    with copied(file, tmp_path) as app:
        visits = walked(app, who, usual)
    nonces = [visit.nonce for visit in visits if visit.nonce]
    assert len(set(nonces)) == len(nonces) > 100


@pytest.mark.parametrize(
    "fault",
    ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"],
)
def test_the_check_of_headers_can_fail(
    fault: str, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    with copied(world[0], tmp_path) as app:
        answer = app.test_client().get("/sign-in")
        assert [one for one in faults(answer, is_personal=True) if not one.startswith("kept")] == []
        answer.headers.pop(fault, None)
    assert faults(answer, is_personal=True)


def test_the_check_of_what_runs_can_fail(world: tuple[Path, Objects], tmp_path: Path) -> None:
    with copied(world[0], tmp_path) as app:
        answer = app.test_client().get("/sign-in")
    for added in (
        b"<script>run()</script>",
        b"<p onclick='run()'>",
        b"<p\nSTYLE = 'color: red'>",
        b"<style>p {}</style>",
        b"<a href=' javascript:run()'>",
        b"<a href=&#106;avascript:run()>",
    ):
        answer.set_data(answer.get_data() + added)
        assert len(faults(answer, is_personal=False)) == 1
        answer.set_data(answer.get_data().removesuffix(added))
