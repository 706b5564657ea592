"""Settings: read once from the environment, typed, frozen; every problem is reported together."""

import secrets
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MINIMUM_SECRET_LENGTH = 32


class SettingsInvalid(SystemExit):
    """The environment does not make sense; the message lists every problem, one a line."""


class Settings(BaseSettings):
    """What may differ between two installations. Names in the environment are the field names in capitals.

    `convoca_data` is the folder of the database, the job queue, outgoing mail in development and issued files.
    `base_url` is the address that people see; links in mail and QR codes are made from it and never from a request's
    Host header.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production", "test"] = "development"
    port: int = Field(default=8000, ge=0, le=65535)
    convoca_data: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    base_url: str = ""
    secret_key: str = ""
    demo: bool = False
    jobs: Literal["inprocess", "external", "off"] = "inprocess"
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = "Convoca <no-reply@example.org>"
    reference_timezone: str = "America/Costa_Rica"
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("base_url")
    @classmethod
    def _plain_base_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.environment != "production":
            return self
        problems = []
        if len(self.secret_key) < MINIMUM_SECRET_LENGTH:
            problems.append(f"SECRET_KEY needs at least {MINIMUM_SECRET_LENGTH} characters in production")
        if not self.base_url.startswith("https://"):
            problems.append("BASE_URL must be an https:// address in production")
        if self.demo:
            problems.append("DEMO cannot be on in production: it signs anyone in")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def data(self) -> Path:
        return self.convoca_data.resolve()

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'convoca.sqlite3'}"

    @property
    def address(self) -> str:
        """The public address without a trailing slash."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @property
    def secret(self) -> str:
        """SECRET_KEY, or outside production a key made once and kept in the data folder (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret.key"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii")


def read_settings() -> Settings:
    """Settings from the environment. Raises `SettingsInvalid` naming every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [_line(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise SettingsInvalid("Convoca cannot start:\n" + "\n".join(lines)) from None


def _line(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]).upper() if location else ""
    return f"  {name}: {message}" if name else f"  {message.removeprefix('Value error, ')}"
