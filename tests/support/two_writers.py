"""Two at one form: the first saves; the second is told so, keeps what was typed, and may save all
the same.
"""

import html
import re
from typing import Any

from flask.testing import FlaskClient

from app.web.locale import LANGUAGE_COOKIE

CHANGED = {
    "es": "Otra persona cambió esto mientras usted escribía.",
    "en": "Somebody else changed this while you were writing.",
}
SAVED = (302, 303)


def carried(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input [^>]*name="{name}"[^>]*value="([^"]+)"', page)
    assert found, f"no hidden {name}"
    return html.unescape(found[1])


def second_is_told(
    client: FlaskClient,
    path: str,
    theirs: dict[str, Any],
    mine: dict[str, Any],
    kept: str,
    *,
    mark: str = "seen",
    to: str = "",
) -> None:
    """`kept`: what the refused form must still show. `to`: where the form of `path` is sent, when
    elsewhere.
    """
    page = client.get(path).text
    token, seen = carried(page, "csrf_token"), carried(page, mark)

    def sent(answers: dict[str, Any], seen: str) -> Any:
        return client.post(
            to or path, data={**answers, "csrf_token": token, **({mark: seen} if seen else {})}
        )

    assert sent(theirs, seen).status_code in SAVED, path
    assert sent(theirs, seen).status_code in SAVED, f"{path}: what stands already is no change"
    for language in ("en", "es"):
        client.set_cookie(LANGUAGE_COOKIE, language)
        refused = sent(mine, seen)
        assert refused.status_code == 409, path
        assert CHANGED[language] in refused.text
        assert re.search(rf'href="{path}" target="_blank"', refused.text), (
            f"{path}: no way to what is stored"
        )
        assert kept in refused.text, f"{path}: what was typed is gone"
    assert kept not in client.get(path).text, (
        f"{path}: it was saved all the same, or always stands there"
    )
    assert sent(mine, carried(refused.text, mark)).status_code in SAVED, (
        f"{path}: the second press is refused"
    )
    assert kept in client.get(path).text
    assert sent(theirs, "").status_code in SAVED, (
        f"{path}: who does not say what was seen is not asked"
    )
