"""Convoca. Importing this package imports nothing else, so `import app.planning.scheduling.rules` loads no
Flask.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Returns the whole application; settings come from the environment when none are given."""
    import gc

    # What is made here stays: looking for cycles in it while it grows takes a fifth of the time to
    # start.
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        from app.factory import build_app

        app = build_app(settings)
        if not app.testing:
            gc.freeze()  # and no later collection looks through it; a test makes many applications
        return app
    finally:
        if is_collecting:
            gc.enable()
