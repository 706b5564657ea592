"""A refusal as a command shows it."""

import click

from app.infra.language import say
from app.kernel.refusal import InvalidInput, Refusal


class Refused(click.ClickException):
    """The sentences of a refusal in English on stderr, and status 1."""

    def __init__(self, refusal: Refusal) -> None:
        sentences = (
            refusal.errors.values() if isinstance(refusal, InvalidInput) else [refusal.sentence]
        )
        super().__init__(" ".join(say("en", sentence) for sentence in sentences))
