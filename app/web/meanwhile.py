"""What whoever was second at a form is answered."""

from markupsafe import Markup, escape

from app.infra.language import say, translate
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_
from app.web.locale import reader_language

SEE = N_("See what is stored now (in a new tab)")


def changed_meanwhile(refusal: ChangedMeanwhile, stored: str) -> Markup:
    """With the address of what is stored: in a new tab, because what was typed would be gone behind
    that page.
    """
    language = reader_language()
    link = Markup(' <a href="{}" target="_blank" rel="noopener">{}</a>').format(
        stored, translate(language, SEE)
    )
    return escape(say(language, refusal.sentence)) + link
