"""The key in the foot of a letter that opens one person's wishes, and nothing else, for good."""

from itsdangerous import BadSignature, URLSafeSerializer

SALT = "mail-wishes"


def wish_key(secret: str, person_id: int) -> str:
    return str(URLSafeSerializer(secret, salt=SALT).dumps(person_id))


def person_of_key(secret: str, key: str) -> int | None:
    """Returns None for whatever we did not sign."""
    try:
        person_id = URLSafeSerializer(secret, salt=SALT).loads(key)
    except BadSignature:
        return None
    return person_id if isinstance(person_id, int) else None
