"""An author at the writing desk, with a browser without scripts."""

import re
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.infra.database import transaction
from app.kernel.actor import Actor, Grant, Role
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.web.site import site
from tests.support.actors import csrf_token
from tests.training.learning.builders import DRAWING, NOW


def an_author(app: Flask, name: str = "Ana Autora", role: Role = Role.AUTHOR) -> Actor:
    with app.app_context(), transaction() as db:
        person = Person(full_name=name, sort_key=name, timezone="America/Costa_Rica")
        db.add(person)
        db.flush()
        account = Account(
            email=f"{person.id}@example.org",
            person_id=person.id,
            password=None,
            fs_uniquifier=f"author-{person.id}",
            created_at=NOW,
        )
        db.add(account)
        db.flush()
        grants = frozenset({Grant(role)})
        return Actor(account_id=account.id, person_id=person.id, name=name, grants=grants)


def both(name: str, text: str) -> dict[str, str]:
    return {f"{name}_es": f"{text} (es)", f"{name}_en": f"{text} (en)"}


def question(
    number: int, kind: str = "single", *, right: str = "a", **more: object
) -> dict[str, object]:
    """The form of a question as it is typed."""
    keys = {"truefalse": "ab"}.get(kind, "abc")
    form: dict[str, object] = {"kind": kind, "section": "I", "order": ",".join(keys), **more}
    form |= both("stem", f"Pregunta {number}")
    if kind == "ordering":
        form |= both("explanation", f"Porque {number}")
    for key in keys:
        form |= both(f"option_{key}_text", f"Opción {number}{key}")
        if kind != "ordering":
            form |= both(f"option_{key}_feedback", f"Comentario {number}{key}")
        if key in right and kind != "ordering":
            form[f"option_{key}_is_correct"] = "y"
    return form


def found(pattern: str, page: str, flags: int = 0) -> str:
    """The first group of a pattern in a page, or all that it matches."""
    match = re.search(pattern, page, flags)
    assert match is not None, pattern
    return match[match.re.groups and 1]


def said_of(answer: TestResponse) -> list[str]:
    """What a page says against what was sent."""
    page = answer.get_data(as_text=True)
    return re.findall(r"(?s)<h1.*?</h1>|field-error.*?</p>|error-summary.*?</ul>", page)


class Author:
    def __init__(self, client: FlaskClient, actor: Actor) -> None:
        self.client = client
        self.be(actor)

    def be(self, actor: Actor) -> None:
        site(self.client.application).load_actor = lambda: actor

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, said_of(answer)
        return answer.get_data(as_text=True)

    def send(self, path: str, /, **form: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": csrf_token(self.client), **form})

    def sent(self, path: str, /, **form: object) -> str:
        """Sends a form that is taken; returns where it leads."""
        answer = self.send(path, **form)
        assert answer.status_code == 303, said_of(answer)
        return answer.headers["Location"]

    def add(self, draft: str, parent: int, kind: str, /, **form: object) -> int:
        where = self.sent(f"{draft}/parts/{parent}/new/{kind}", **form)
        return int(found(r"/parts/(\d+)", where))

    def a_course(self) -> tuple[str, dict[str, int]]:
        """A draft of one module: a lesson with a picture, a check, four questions and a quiz."""
        draft = self.sent(
            "/authoring/new",
            document="",
            **both("title", "Trato digno"),
            **both("summary", "Breve"),
        )
        page = self.get(draft)
        course = int(found(rf"{draft}/parts/(\d+)", page))
        document = both("document_title", "Protocolo")
        self.sent(
            f"{draft}/parts/{course}",
            **both("title", "Trato digno"),
            **both("summary", "Breve"),
            validity_months="12",
            **document,
        )
        self.add(draft, course, "section", code="I", **both("title", "Entrada"))
        module = self.add(
            draft, course, "module", **both("title", "Uno"), **both("outcome", "Saber")
        )
        objective = self.add(draft, module, "objective", sections="I", **both("text", "Escuchar"))
        picture = self.add(
            draft,
            module,
            "picture",
            **both("words", "Un mapa"),
            file_es=(BytesIO(DRAWING.format("Mapa").encode()), "mapa.svg"),
        )
        lesson = self.add(draft, module, "lesson", kind="page", **both("title", "Lección"))
        screen = int(found(rf"{draft}/parts/(\d+)\">\(", self.get(f"{draft}/parts/{lesson}")))
        self.sent(
            f"{draft}/parts/{screen}",
            body_es="## Hola\n\nTexto.\n\n![](M1-F1)",
            body_en="## Hello\n\nText.\n\n![](M1-F1)",
        )
        check = self.add(draft, screen, "check", **question(0))
        case = self.add(draft, module, "case", **both("text", "Llega una persona"))
        place = {"objective": objective, "screen": screen}
        kinds = (("single", "a"), ("multiple", "ab"), ("truefalse", "b"), ("ordering", ""))
        questions = [
            self.add(
                draft,
                module,
                "question",
                **question(
                    number,
                    kind,
                    right=right,
                    **place,
                    **({"case": case, "is_critical": "y"} if number == 1 else {}),
                ),
            )
            for number, (kind, right) in enumerate(kinds, start=1)
        ]
        quiz = self.add(
            draft,
            module,
            "quiz",
            **both("title", "Cuestionario"),
            pass_percent="75",
            pause_minutes="10",
            **{f"draw_{objective}": "4"},
        )
        return draft, {
            "course": course,
            "module": module,
            "objective": objective,
            "picture": picture,
            "lesson": lesson,
            "screen": screen,
            "check": check,
            "case": case,
            "quiz": quiz,
            **{f"question{number}": one for number, one in enumerate(questions, start=1)},
        }
