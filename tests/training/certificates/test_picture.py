"""The picture of a certificate: small, for its owner alone, and the same bytes every time."""

import hashlib
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from app.infra.database import reading
from app.infra.files import files, key_of
from app.kernel.actor import Actor
from app.training.certificates import tasks
from app.training.certificates.exports.picture import LARGEST, SIZE, render_picture
from app.training.certificates.models import CertificateFile
from tests.training.certificates.builders import SAMPLES, Finished, sample, sign_in


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_small_picture(name: str) -> None:
    content = render_picture(sample(name))
    assert len(content) <= LARGEST
    with Image.open(BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", SIZE)


@pytest.mark.usefixtures("the_day")
def test_owner_gets_the_picture_kept_under_its_hash_and_others_none(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(app, somebody.actor())
    answer = client.get(f"/certificates/{code}.webp")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    sha256 = hashlib.sha256(answer.data).hexdigest()
    assert answer.get_etag() == (sha256, False)
    with app.app_context(), reading() as db:
        wanted = CertificateFile.media_type == "image/webp"
        kept = db.scalars(select(CertificateFile).where(wanted)).one()
        assert (kept.sha256, kept.size) == (sha256, len(answer.data))
        assert files().get(key_of(sha256)) == answer.data
    monkeypatch.setattr(tasks, "render_picture", lambda *_given: pytest.fail("drawn again"))
    saved = client.get(f"/certificates/{code}.webp?download")
    assert saved.data == answer.data
    assert saved.headers["Content-Disposition"].startswith("attachment")
    sign_in(app, Actor(account_id=9, person_id=somebody.person_id + 1))
    assert client.get(f"/certificates/{code}.webp").status_code == 404
