"""The check of headers that every crawl of these tests makes can fail, and holds where no crawl
comes by.
"""

from pathlib import Path

import pytest

from tests.security.crawl import addresses, crawl
from tests.security.headers import CSP, faults
from tests.security.matrix import ANONYMOUS
from tests.security.world import Objects, built, copied


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


@pytest.mark.parametrize("who", ["official-hn", ANONYMOUS])
def test_each_answer_has_a_nonce_of_its_own(
    who: str, world: tuple[Path, Objects], tmp_path: Path
) -> None:
    """Addresses without a page too; what `crawl` itself holds against an answer is in `faults`."""
    file, usual = world
    with copied(file, tmp_path) as app:
        pages = [("none", "/no-such-page"), ("none", "/api/v1/none"), *addresses(app, {}, usual)]
        policies = [
            page.answer.headers["Content-Security-Policy"]
            for page in crawl(app, who, pages)
            if page.answer.mimetype != "image/svg+xml"  # a drawing runs nothing at all
        ]
    nonces = [found["nonce"] for policy in policies if (found := CSP.fullmatch(policy))]
    assert len(set(nonces)) == len(nonces) == len(policies) > 100


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
