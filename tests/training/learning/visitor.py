"""A visitor of the course's pages, with a browser without scripts."""

from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.kernel.actor import Actor
from app.web.site import site
from tests.support.actors import csrf_token

BASE = "/courses/guidelines"


class Visitor:
    """A browser without scripts: reads pages, presses buttons."""

    def __init__(self, client: FlaskClient, actor: Actor) -> None:
        self.client = client
        site(client.application).load_actor = lambda: actor

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        page = answer.get_data(as_text=True)
        assert len(page.encode()) < 30_000
        return page

    def press(self, path: str, **form: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": csrf_token(self.client), **form})

    def press_in_place(self, path: str, **form: object) -> TestResponse:
        """As htmx presses: the part of the page alone comes back."""
        data = {"csrf_token": csrf_token(self.client), **form}
        return self.client.post(path, data=data, headers={"HX-Request": "true"})


def attempt_url(attempt_id: UUID, rest: object = "") -> str:
    return f"{BASE}/attempts/{attempt_id}{'/' if rest else ''}{rest}"
