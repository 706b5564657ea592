"""What may be written of a section of the Guidelines; pure."""

import re

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, field_in
from app.training.library.values import SectionDraft

LONGEST_SUMMARY, LONGEST_URL, LAST_PAGE = 1200, 500, 2000
TOO_LONG = N_("Write at most %(most)s characters.")
NOT_A_PAGE = N_("Write the number of a page, from 1 to %(most)s.")
NOT_A_DOCUMENT = N_("Write the whole address of the document, starting with https://")
ADDRESS = re.compile(r"https://[^\s<>\"]+\.[^\s<>\"]+")


def require_sound_section(draft: SectionDraft) -> None:
    """Raises InvalidInput, by field."""
    errors = {
        field_in("summary", language): Sentence(TOO_LONG, {"most": LONGEST_SUMMARY})
        for language, text in draft.summary.items()
        if len(text) > LONGEST_SUMMARY
    }
    if draft.page is not None and not 1 <= draft.page <= LAST_PAGE:
        errors["page"] = Sentence(NOT_A_PAGE, {"most": LAST_PAGE})
    if draft.pdf_url and (len(draft.pdf_url) > LONGEST_URL or not ADDRESS.fullmatch(draft.pdf_url)):
        errors["pdf_url"] = Sentence(NOT_A_DOCUMENT)
    if errors:
        raise InvalidInput(errors)
