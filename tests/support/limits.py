"""Limits of costly requests (`app/web/limits.py`), which other tests have a thousandfold."""

from flask import Flask

from app.infra import clock
from app.infra.platform import platform
from app.web.limits import Cost


def limit_as_in_production(app: Flask) -> None:
    held = platform(app)
    held.settings = held.settings.model_copy(update={"limits_factor": 1})


def use_up(app: Flask, cost: Cost, *, account_id: int = 0, source: str = "", but: int = 0) -> None:
    """Counts requests of somebody signed in, or of strangers at an address, without making them,
    until no more than `but` are left.
    """
    key, most = (
        (account_id, cost.per_person) if account_id else (f"{source} False", cost.per_address)
    )
    for _ in range(most - but):
        platform(app).crowds.lets_in(f"{cost.name} {key}", most=most, now=clock.now())
