"""Tries whether an installation works: on what a drill restored, in a process of its own."""

import hashlib
import re
from http import HTTPStatus

from flask import Flask
from flask_migrate import upgrade

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.platform import platform
from app.infra.record import RecordUnfit
from app.infra.record_check import sentences
from app.infra.record_keeping import tables_on_record, verify
from app.infra.record_keys import RecordKeysUnfit
from app.infra.schema import DeadRule
from app.infra.server import check_rules
from app.office.backups.queries import account_to_try, certificate_to_try
from app.office.backups.values import ProofTold
from app.office.demo.services.reference import load_reference
from app.people.identity.services.sign_in import issue_sign_in_link

TOKENS = re.compile(r'name="(csrf_token|form_token)" value="([^"]+)"')
WELL, NONE = "works", "none to try"


def prove(app: Flask) -> ProofTold:
    """Brings the database to this version and tries its rules, the newest certificate with its
    files, and a sign-in by a link of its own. It writes: never call it where people work.
    """
    upgrade(directory=app.config["MIGRATIONS"])
    with transaction() as db:
        load_reference(db, now=clock.now())
    problems: list[str] = []
    try:
        check_rules(app)
    except DeadRule as dead:
        problems.append(str(dead))
    return ProofTold(
        record=_record(problems),  # first: what is tried afterwards is written down
        certificate=_certificate(app, problems),
        sign_in=_sign_in(app, problems),
        problems=problems,
    )


def _record(problems: list[str]) -> str:
    try:
        found = [*sentences(verify(), tables_on_record())]
    except RecordUnfit:
        return NONE
    except RecordKeysUnfit as unfit:
        found = [str(unfit)]
    problems += found
    return "fails" if found else WELL


def _certificate(app: Flask, problems: list[str]) -> str:
    with reading() as db:
        found = certificate_to_try(db)
    if found is None:
        return NONE
    before = len(problems)
    if _status(app, f"/verify/{found.code}") != HTTPStatus.OK:
        problems.append("the newest certificate does not verify")
    for sha256 in found.files:
        try:
            is_whole = hashlib.sha256(files().get(key_of(sha256))).hexdigest() == sha256
        except FileNotFoundError:
            is_whole = False
        if not is_whole:
            problems.append(f"the file {sha256} of the newest certificate is missing or damaged")
    return WELL if len(problems) == before else "fails"


def _sign_in(app: Flask, problems: list[str]) -> str:
    with transaction() as db:
        account_id = account_to_try(db)
        if account_id is None:
            return NONE
        token = issue_sign_in_link(db, account_id=account_id, now=clock.now())
    client = app.test_client()
    address = f"/sign-in/link/{token}"
    base = platform().settings.address
    page = client.get(address, base_url=base)
    tokens = dict(TOKENS.findall(page.text.partition("<main")[2]))
    # As a browser: over https a form without a referrer is refused.
    headers = {"Origin": base, "Referer": f"{base}{address}"}
    entered = client.post(address, base_url=base, data=tokens, headers=headers)
    if entered.status_code != HTTPStatus.FOUND:
        problems.append(f"a sign-in by a link is answered with {entered.status_code}")
        return "fails"
    return WELL


def _status(app: Flask, path: str) -> int:
    return app.test_client().get(path, base_url=platform().settings.address).status_code
