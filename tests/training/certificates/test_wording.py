"""What a certificate stands for, in words."""

import pytest
from flask.ctx import AppContext

from app.kernel.text import untranslated
from app.training.certificates.values import CertificateModule
from app.training.certificates.wording import taken_text
from tests.training.certificates.builders import sample


@pytest.mark.parametrize(
    ("taken", "total", "spanish", "english"),
    [
        (8, 8, "los 8 módulos", "all 8 modules"),
        (2, 8, "módulos 1–2 de 8", "modules 1–2 of 8"),
        (1, 8, "módulo 1 de 8", "module 1 of 8"),
        (1, 1, "el único módulo", "the only module"),
        (0, 0, "", ""),
    ],
)
def test_the_words_say_which_modules_of_how_many(
    app_context: AppContext, taken: int, total: int, spanish: str, english: str
) -> None:
    modules = tuple(CertificateModule(n, untranslated(f"M{n}")) for n in range(1, taken + 1))
    facts = sample("two-surnames", modules=modules, modules_total=total)

    assert taken_text(facts, total, "es") == spanish
    assert taken_text(facts, total, "en") == english
