"""An application after it was started with other keys, without starting another one."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.factory import keys_of_libraries
from app.infra.installation import OWN_KEYS
from app.infra.platform import platform
from app.infra.secret_keys import SecretKeys


@contextmanager
def under(app: Flask, keys: SecretKeys) -> Iterator[None]:
    held = platform(app)
    before = held.keys, held.session_info, {**app.config}
    held.keys, held.session_info = keys, {**held.session_info, OWN_KEYS: keys}
    app.config.update(keys_of_libraries(keys))
    try:
        yield
    finally:
        held.keys, held.session_info = before[:2]
        app.config.update(before[2])
