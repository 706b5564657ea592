"""Letting follow only what a test looks at: one act is told to searches, letters and meetings
too.
"""

from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.infra.journal import Delivery
from app.infra.platform import platform


def let_follow(app: Flask, handlers: str) -> None:
    """Delivers what is owed to the listeners whose names begin so, and what follows for them."""
    owed = (
        select(Delivery.id)
        .where(Delivery.state == "pending", Delivery.handler.startswith(handlers))
        .order_by(Delivery.id)
    )
    with app.app_context():
        tried: set[int] = set()
        while True:
            with reading() as db:
                due = [one for one in db.scalars(owed) if one not in tried]
            if not due:
                return
            for delivery_id in due:
                platform(app).jobs.deliver(delivery_id)
            tried.update(due)
