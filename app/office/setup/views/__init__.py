"""The pages of the first day."""

from app.office.setup.views import (
    address,
    body,
    colleagues,
    first,
    institutions,
    mail,
    people,
    presidency,
    steps,
)
from app.office.setup.views.frame import bp

__all__ = [
    "address",
    "body",
    "bp",
    "colleagues",
    "first",
    "institutions",
    "mail",
    "people",
    "presidency",
    "steps",
]
