"""Hashes passwords: argon2id by Flask-Security, at most two at the same time, outside of any
transaction that writes.
"""

from threading import BoundedSemaphore

from flask_security import utils

from app.people.identity.rules import LONGEST_PASSWORD, normal_password

# A hash of nothing anybody knows: an unknown account costs the same time as a known one.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$D3QKvbm0j2qcjckFLTyd6A$qvuaxRBwIyonKxNtJKJtUYPkYbS/rEyndkUCSGcf6pM"
_at_work = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    with _at_work:
        hashed: str = utils.hash_password(normal_password(password))
    return hashed


def is_password(typed: str, stored: str | None) -> bool:
    """Returns True when a typed password is the stored one.

    It takes as long for an account without a password, or for no account, so that the time tells
    nothing.
    """
    password = normal_password(typed[:LONGEST_PASSWORD]).replace("\0", "")
    with _at_work:
        fits = utils.verify_password(password, stored or NOBODYS_HASH)
    return (
        bool(fits) and stored is not None and len(typed) <= LONGEST_PASSWORD and "\0" not in typed
    )
