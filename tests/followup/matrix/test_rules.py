"""What the rules of the matrix say of a text."""

import pytest

from app.followup.matrix import rules
from app.followup.matrix.values import Held, RowDraft
from app.kernel.text import LocalizedText


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Se atendió a la titular del pasaporte E1234567.", {Held.DOCUMENT}),
        ("Llamar al 9988-7766 para más datos.", {Held.TELEPHONE}),
        ("El caso de María Reyes se cerró.", {Held.CASE_NAME}),
        ("The case of Ana Reyes was closed.", {Held.CASE_NAME}),
        ("La Sra. Pineda volvió a su país.", {Held.CASE_NAME}),
        ("Atendió a 140 mujeres en 2025-2026, por 1.200.000 lempiras.", set()),
        ("Se publicó el Acuerdo 031-2027 en el caso de las oficinas.", set()),
    ],
)
def test_r16_texts_that_seem_to_name_a_person(text: str, held: set[Held]) -> None:
    assert rules.held_in(RowDraft(fact=LocalizedText(es=text))) == held
