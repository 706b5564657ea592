"""What is sealed opens only with the same secret, for the same purpose, and unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra.sealing import CannotUnseal, seal, unseal

OWN = "a secret of thirty-two characters"
OF_FIRST_VERSION = (
    "1.AvDQ6s4vx3BSPPqDyeJSkY1xeSYG68U4ls5dDi-VOQSK-6PUk7xWXYX0x7wQUZJGc9yugeOTSbsSiaaBWbdtJ94UlucD"
    "GrVFEmqtOrXKxeOvL87bMFgiW4sO8_AdwNCFY1SvQ12X"
)


@given(st.text())
def test_sealed_text_comes_back(text: str) -> None:
    sealed = seal(text, secret=OWN, purpose="meetings")
    assert unseal(sealed, secret=OWN, purpose="meetings") == text
    assert seal(text, secret=OWN, purpose="meetings") != sealed


@pytest.mark.parametrize(("secret", "purpose"), [("another", "meetings"), (OWN, "elsewhere")])
def test_other_secret_or_purpose_opens_nothing(secret: str, purpose: str) -> None:
    sealed = seal("clave", secret=OWN, purpose="meetings")
    with pytest.raises(CannotUnseal):
        unseal(sealed, secret=secret, purpose=purpose)


def test_no_changed_character_goes_unseen() -> None:
    sealed = seal("clave", secret=OWN, purpose="meetings")
    for place in range(len(sealed) - 2):  # the last ones may hold bits that say nothing
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(CannotUnseal):
            unseal(sealed[:place] + other + sealed[place + 1 :], secret=OWN, purpose="meetings")
    for damaged in ("", "1.", "1.AAAA", "2.", "2.AAAA", "3.AAAA", "ñ", sealed[:-4]):
        with pytest.raises(CannotUnseal):
            unseal(damaged, secret=OWN, purpose="meetings")


def test_what_the_first_version_sealed_is_still_read() -> None:
    text = unseal(OF_FIRST_VERSION, secret=OWN, purpose="meetings")
    assert text == "clave de la reunión, de más de treinta y dos octetos"
    for changed in (OF_FIRST_VERSION.replace("AvDQ", "AvDR"), f"2.{OF_FIRST_VERSION[2:]}"):
        with pytest.raises(CannotUnseal):
            unseal(changed, secret=OWN, purpose="meetings")
