"""A form as a browser has it: the hidden tokens of a page, to be sent along.

tokens = tokens_of(client.get("/good-practices/new").text)
client.post("/good-practices/new", data={**typed, **tokens})
"""

import re

NAMES = ("csrf_token", "form_token")


def tokens_of(html: str) -> dict[str, str]:
    """The tokens of a page's main form; LookupError on a page without one."""
    main = html.partition("<main")[2]
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', main) for name in NAMES}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        raise LookupError(f"no {missing} on this page")
    return {name: match[1] for name, match in found.items() if match is not None}
