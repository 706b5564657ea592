"""A text in several languages as the API takes and gives it: an object of language to text."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticKnownError

from app.kernel.text import Language, languages


def _require_spoken(code: Language) -> Language:
    if code not in languages():
        raise PydanticKnownError("extra_forbidden")
    return code


SpokenLanguage = Annotated[str, AfterValidator(_require_spoken)]
"""A language of this installation; any other is refused by its name."""

BY_LANGUAGE = Field(description="The text by language: `es`, `en` and what else this place speaks")
Texts = Annotated[dict[SpokenLanguage, str], BY_LANGUAGE]
Words = Annotated[dict[str, str], BY_LANGUAGE]
"""A text of an answer: every language is there, with an empty text where it is missing."""
