"""A certificate as an Open Badges 3.0 credential, and the status lists that say which are ended."""

import gzip
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.infra.body import current_body
from app.infra.issuer_keys import IssuerKeys
from app.infra.record_keys import base64url
from app.kernel.text import Language
from app.training.certificates import rules
from app.training.certificates.exports.texts import said
from app.training.certificates.exports.words import place_in_words
from app.training.certificates.queries.credentials import CredentialIssuer, Ended
from app.training.certificates.values import PAPER_LANGUAGES, CertificateFacts, CertificateKind
from app.training.certificates.wording import criteria_sentence, paper_name, printed_lines
from app.web.headers import FRESH_SECONDS

ACHIEVEMENT_TYPES = {
    CertificateKind.COMPLETION: "CertificateOfCompletion",
    CertificateKind.MODULE: "CertificateOfCompletion",
}
DEMO = (
    "DEMO: muestra de una instalación de demostración, no certifica a nadie. "
    "A sample from a demonstration: it certifies nobody."
)

Document = dict[str, Any]


def signed_credential(
    facts: CertificateFacts, certificate_id: int, issuer: CredentialIssuer
) -> Document:
    """Returns the credential with its proof, in some 3 ms of CPU.

    The same facts and keys give the same credential: its proof is as of the instant of issue, or of
    that from which the keys signed.
    """
    from app.infra.credentials import with_proof

    return with_proof(
        credential(facts, certificate_id, issuer),
        issuer.keys,
        did=issuer.did,
        at=max(facts.issued_at, issuer.keys.begins_at),
    )


def credential_jwt(facts: CertificateFacts, certificate_id: int, issuer: CredentialIssuer) -> str:
    """Returns the credential as a JWT."""
    from app.infra.credentials import as_jwt

    return as_jwt(credential(facts, certificate_id, issuer), issuer.keys, did=issuer.did)


def credential(facts: CertificateFacts, certificate_id: int, issuer: CredentialIssuer) -> Document:
    """Returns what the certificate says, unsigned: all that the paper prints and no more. Its holder
    is named as on the paper and has no identifier (decision 80).
    """
    from app.infra.credentials import CREDENTIALS, OPEN_BADGES, moment

    body = facts.body_name or current_body().name
    title = facts.paper.text.title["es"] if facts.paper else paper_name(facts.kind, "es")
    document: Document = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": issuer.address + rules.verify_path(facts.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{title}: {facts.course_title['es']}",
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": body["es"],
            "url": issuer.address,
            **({"official": facts.issuer_name} if facts.issuer_name else {}),
        },
        "validFrom": moment(facts.issued_at),
    }
    if facts.is_demo:
        document["description"] = DEMO
    if facts.last_valid_on is not None:
        document["validUntil"] = moment(rules.valid_until(facts.last_valid_on))
    return {
        **document,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "identityHash": facts.holder_name,
                    "hashed": False,
                }
            ],
            "licenseNumber": rules.grouped(facts.code),
            "narrative": "\n\n".join(_narrative(facts, language) for language in PAPER_LANGUAGES),
            "achievement": _achievement(facts),
        },
        "credentialStatus": _status(certificate_id, issuer),
    }


def _narrative(facts: CertificateFacts, language: Language) -> str:
    """Returns the sentence of the paper, where it is in the facts, and what it prints as a list."""
    lines = "\n".join(f"- {line}" for line in printed_lines(facts, language))
    words = said(facts)
    if words is None:
        return lines
    place = place_in_words(facts.institution, facts.country)[language]
    holder = f"{facts.holder_name}, {place}," if place else facts.holder_name
    return f"{words.opening[language]} {holder} {words.sentence[language]}\n\n{lines}"


def _achievement(facts: CertificateFacts) -> Document:
    """Returns what is certified, the same for everybody who earned it."""
    numbers = [str(module.number) for module in facts.modules]
    same = (facts.kind, facts.course_title["es"], facts.edition, facts.hours, *numbers)
    achievement = {
        "id": uuid5(NAMESPACE_URL, "\n".join(same)).urn,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES.get(facts.kind, "Certificate"),
        "inLanguage": "es",
        "name": facts.course_title["es"],
        "description": facts.course_title["en"],
        "criteria": {
            "narrative": "\n\n".join(criteria_sentence(facts.kind, one) for one in PAPER_LANGUAGES)
        },
    }
    return {**achievement, "version": facts.edition} if facts.edition else achievement


def _status(certificate_id: int, issuer: CredentialIssuer) -> Document:
    address = list_address(issuer.address, rules.status_list_of(certificate_id))
    place = rules.status_place(certificate_id, issuer.seed)
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def list_address(address: str, number: int) -> str:
    """Returns the address of a status list."""
    return f"{address}/status/{number}"


def status_list(number: int, ended: Ended, issuer: CredentialIssuer) -> Document:
    """Returns a status list with its proof, which is as of the last time that a certificate of it
    ended: the same until the next one does, whoever makes it.
    """
    return _signed_list(list_address(issuer.address, number), ended, issuer.keys, issuer.did)


def status_list_jwt(number: int, ended: Ended, issuer: CredentialIssuer) -> str:
    """Returns a status list as a JWT."""
    from app.infra.credentials import as_jwt

    document = _list(list_address(issuer.address, number), ended, issuer.keys, issuer.did)
    return as_jwt(document, issuer.keys, did=issuer.did)


@lru_cache(maxsize=8)
def _signed_list(address: str, ended: Ended, keys: IssuerKeys, did: str) -> Document:
    from app.infra.credentials import with_proof

    return with_proof(_list(address, ended, keys, did), keys, did=did, at=_ended_at(ended, keys))


def _list(address: str, ended: Ended, keys: IssuerKeys, did: str) -> Document:
    from app.infra.credentials import CREDENTIALS, moment

    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": moment(_ended_at(ended, keys)),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(ended.places),
            "ttl": FRESH_SECONDS * 1000,
        },
    }


def _ended_at(ended: Ended, keys: IssuerKeys) -> datetime:
    return keys.begins_at if ended.since is None else max(ended.since, keys.begins_at)


def encoded(places: Sequence[int]) -> str:
    """Returns a status list in which the bits at these places are set, the first being the highest
    of the first byte: compressed, in base 64 behind its mark.
    """
    bits = bytearray(rules.STATUS_PLACES // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64url(gzip.compress(bits, mtime=0))
