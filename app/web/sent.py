"""What a page says after an act from which a letter follows."""

from flask import flash
from flask_babel import gettext as _

from app.infra.installation import letters_can_leave


def flash_sent(said: str, waits: str = "") -> None:
    """Shows `said`, which promises a letter. Where no letter can leave yet, it shows `waits`, or
    `said` where that is true of a letter that waits, and adds that nothing leaves.
    """
    if not letters_can_leave():
        nothing_leaves = _("No letter leaves yet: it waits here until e-mail is connected.")
        said = f"{waits or said} {nothing_leaves}"
    flash(said, "success")
