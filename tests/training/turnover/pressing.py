"""Presses as a browser does: what was shown before anything happened, with the answers ticked."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SEEN = re.compile(r'name="seen" value="(\w+)"')
TICKED = re.compile(r'name="((?:place|who)-\w+|order)" value="(\w+)" checked')


def shown(page: str) -> dict[str, str]:
    """What the form of a preview holds beside what was typed."""
    [seen] = SEEN.findall(page)
    return {"seen": seen, **dict(TICKED.findall(page))}


def press_twice(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    """Sends newcomers, and once more when their preview was shown."""
    answer = client.post(path, data=data)
    if 'name="seen"' not in answer.text:
        return answer
    return client.post(path, data=data | shown(answer.text))
