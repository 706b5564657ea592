"""The doors of identity: signing in and out, and the own account."""

from app.people.identity.views import account, addresses, confirm, confirming, invited, sign_in
from app.people.identity.views.door import bp, init_identity, load_actor

__all__ = [
    "account",
    "addresses",
    "bp",
    "confirm",
    "confirming",
    "init_identity",
    "invited",
    "load_actor",
    "sign_in",
]
