"""Many certificates from one closing, with workers that are killed."""

from pathlib import Path

import pytest

from tests.training.certificates.closing import (
    assert_one_each,
    close_by_page,
    event_of_many,
    sealing_app,
    settled,
    worked,
)

PEOPLE, KILLS = 20, 3
"""`./run bench closing` does it with 2,000 and 40."""


@pytest.mark.both_databases
def test_workers_killed_in_mid_work_lose_double_and_tear_no_certificate(
    database_url: str, tmp_path: Path
) -> None:
    """Given an event that many attended, when it is closed and one of two workers is killed again
    and again, then each has one certificate, one sealed file and one letter.
    """
    with sealing_app(database_url, tmp_path) as app:
        event_id = event_of_many(app, PEOPLE)
        close_by_page(app, event_id)
        assert worked(app, expected=PEOPLE, kills=KILLS).kills == KILLS
        settled(app)
        assert_one_each(app, event_id, PEOPLE)
