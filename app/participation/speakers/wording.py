"""Words of speakers from outside."""

from collections.abc import Mapping

from app.kernel.text import N_
from app.participation.speakers.values import SpeakerState

STATES: Mapping[SpeakerState, str] = {
    SpeakerState.ASKED: N_("No answer yet"),
    SpeakerState.CONFIRMED: N_("Has confirmed"),
    SpeakerState.DECLINED: N_("Has declined"),
}
LOOKS: Mapping[SpeakerState, str] = {
    SpeakerState.ASKED: "warn",
    SpeakerState.CONFIRMED: "good",
    SpeakerState.DECLINED: "bad",
}
