"""What an archive says: of a certificate, of a file, and of itself on its pages."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import current_app

from app.infra.language import date_text, translate
from app.kernel.text import LocalizedText
from app.training.certificates import rules, wording
from app.training.certificates.exports.archive.writing import name_check
from app.training.certificates.queries.register import CertificateRecord
from app.training.certificates.values import CertificateStatus
from app.web.assets import content_of

PAGES = {"es": ("index.html", "Español"), "en": ("en.html", "English")}
"""The languages of the paper, whatever else the installation speaks."""
STYLES = ("tokens.css", "base.css", "app.css", "components.css")
FACES = re.compile(r"@font-face\{[^}]*vendor/[^}]*\}")
"""A page in a folder may load no font; what stands in for ours is there."""
LOOKS = {
    CertificateStatus.VALID: "good",
    CertificateStatus.SUPERSEDED: "warn",
    CertificateStatus.EXPIRED: "warn",
    CertificateStatus.REPLACED: "warn",
    CertificateStatus.REVOKED: "bad",
}


def in_words(written: Any) -> dict[str, Any]:
    """Returns what `written` says in each language of the paper."""
    return {language: written(language) for language in PAGES}


def content_of_certificate(
    record: CertificateRecord, *, today: date, salt: bytes
) -> dict[str, Any]:
    """Returns what the public page says of a certificate on a day, without the name.

    The name can be compared where that page shows it; `name_gone` says that it cannot.
    """
    facts = record.facts
    if facts is None:
        raise ValueError(record.code)
    last = facts.last_valid_on
    name = (
        {"name_check": name_check(record.code, rules.plain_name(facts.holder_name), salt=salt)}
        if record.shows_name
        else {"name_gone": True}
    )
    return {
        "code": record.code,
        "status": record.status,
        "holds": record.status in rules.HOLDING,
        "look": LOOKS[record.status],
        "last_valid_on": None if last is None else last.isoformat(),
        "last_valid_text": None if last is None else in_words(lambda one: date_text(one, last)),
        "word": in_words(lambda one: translate(one, wording.STATES[record.status])),
        "sentence": in_words(partial(wording.state_sentence, record, today, is_today=False)),
        "facts": in_words(partial(wording.public_lines, record)),
        **name,
    }


def content_of_file(code: str, media_type: str) -> dict[str, Any]:
    """Returns what a file is, for whoever has its bytes."""
    return {"code": code, "kind": in_words(partial(wording.file_kind, media_type))}


def pages_of(*, body: LocalizedText, today: date) -> Mapping[str, bytes]:
    """Returns the pages of an archive with their styles, by their paths."""
    template = current_app.jinja_env.get_template("training/certificates/archive.html")
    pages = {
        page: template.render(
            _=partial(translate, language),
            lang=language,
            others=_others(language),
            body=body.in_(language),
            day=date_text(language, today),
        ).encode()
        for language, (page, _name) in PAGES.items()
    }
    styles = {f"style/{name}": FACES.sub("", content_of(name).decode()) for name in STYLES}
    return pages | {path: style.encode() for path, style in styles.items()}


def _others(language: str) -> Collection[tuple[str, str, str]]:
    return [(page, one, name) for one, (page, name) in PAGES.items() if one != language]
