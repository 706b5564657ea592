"""The sentences that people agree to when they register, by version and purpose. A version is never
edited: who agreed to it can read it as it was.
"""

from collections.abc import Iterable, Mapping

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.participation.registrations.values import (
    CONSENT_VERSION,
    REQUIRED_CONSENT,
    ConsentPurpose,
    Origin,
)

SENTENCES: Mapping[str, Mapping[ConsentPurpose, str]] = {
    "2026-1": {
        ConsentPurpose.ATTENDANCE_LIST: N_(
            "My name, my institution and my minutes stand on the attendance list that the organizers and the focal "
            "point of my country see."
        ),
        ConsentPurpose.STATISTICS: N_(
            "I am counted, without my name, in figures by country and sex."
        ),
        ConsentPurpose.RECORDING: N_(
            "My voice and image may appear in the recording, if the event is recorded."
        ),
    }
}
WANTS_CONSENT = N_("Tick this to register: without the attendance list nobody can take part.")
CONSENT_CHANGED = N_("These sentences have changed. Please read them again before you register.")


def require_consent(origin: Origin, version: str, purposes: Iterable[ConsentPurpose]) -> None:
    """Refuses people who register themselves without the consent that is required; others agree
    later, when they come. What is given must be current.
    """
    if origin in (Origin.SELF, Origin.GUEST) and not (
        version and set(purposes) >= REQUIRED_CONSENT
    ):
        raise InvalidInput({"consent": Sentence(WANTS_CONSENT)})
    if version and version != CONSENT_VERSION:
        raise InvalidInput({"consent": Sentence(CONSENT_CHANGED)})
