"""What counts as an e-mail address: email-validator decides, for every form and every list."""

from email_validator import EmailNotValidError, validate_email

LONGEST_EMAIL = 254


def canonical_email(text: str) -> str | None:
    """Returns the address in its canonical spelling (domain in small letters, composed letters), or
    None when the text is not exactly one address. Asks no name server.
    """
    if len(text) > LONGEST_EMAIL:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def is_email(text: str) -> bool:
    """Returns True for exactly one address that letters can be sent to over the internet."""
    return canonical_email(text) is not None
