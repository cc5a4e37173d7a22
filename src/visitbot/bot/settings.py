"""What the operator sets: VISITBOT_… from the environment and .env, each explained in deploy/env.example."""

import hashlib
import hmac
import re
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    IPvAnyAddress,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class SettingsError(Exception):
    """Settings that can't be used; the message says in plain words which and why, and never holds a secret."""


def _ends_with(ending: str) -> AfterValidator:
    """python-telegram-bot puts the token right behind the address, so it must end in /bot or /file/bot."""

    def check(url: HttpUrl) -> HttpUrl:
        if not str(url).endswith(ending):
            raise ValueError(f"must end in {ending}")
        return url

    return AfterValidator(check)


class Settings(BaseSettings):
    """One field for each VISITBOT_ variable."""

    model_config = SettingsConfigDict(
        env_prefix="VISITBOT_", env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore",
        hide_input_in_errors=True,
    )  # fmt: skip

    token: SecretStr | None = None
    """What BotFather gave; the token file's content once load() has read it."""
    token_file: Path | None = None
    """File that holds the token alone, such as a systemd credential."""
    home: Path | None = None
    """State folder (read by visitbot.config, which the other commands share)."""
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "fr"
    """For whom Telegram names no language that the bot speaks."""
    context_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    """How long a chat's last question is remembered, in memory only."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    base_url: Annotated[HttpUrl, _ends_with("/bot")] = HttpUrl("https://api.telegram.org/bot")
    base_file_url: Annotated[HttpUrl, _ends_with("/file/bot")] = HttpUrl("https://api.telegram.org/file/bot")
    webhook_url: HttpUrl | None = None
    """Public address that Telegram calls; set, it replaces polling."""
    webhook_listen: IPvAnyAddress = IPv4Address("127.0.0.1")
    webhook_port: Annotated[int, Field(ge=1, le=65535)] = 8080
    webhook_secret: SecretStr | None = None
    """Word that Telegram must send with each call; made from the token when absent."""

    @field_validator("webhook_secret")
    @classmethod
    def _sendable(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
            raise ValueError("takes 16 to 256 letters, digits, _ or -")
        return secret

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        url = self.webhook_url
        if url is not None and url.scheme != "https" and url.host not in LOOPBACK:
            raise ValueError("VISITBOT_WEBHOOK_URL must start with https://, Telegram calls no other")
        return self

    @property
    def secret(self) -> str:
        """The webhook's secret. Derived from the token it needs no setting, survives restarts and reveals nothing."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hmac.new(self.require_token().encode(), b"visitbot webhook", hashlib.sha256).hexdigest()

    def require_token(self) -> str:
        """The token. Raises SettingsError when there is none."""
        if self.token is None:
            raise SettingsError("VISITBOT_TOKEN: missing. Put the token that @BotFather gave into it (or into a file "
                                "named by VISITBOT_TOKEN_FILE). `visitbot chat` needs none.")  # fmt: skip
        return self.token.get_secret_value()


def load() -> Settings:
    """Read the settings. Raises SettingsError with one plain line for each that is wrong."""
    try:
        settings = Settings()
    except ValidationError as problems:
        lines = [_explained(error["loc"], error["msg"]) for error in problems.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None
    if settings.token is None and settings.token_file is not None:
        settings.token = SecretStr(_content(settings.token_file))
    if settings.token is not None and not _looks_like_token(settings.token.get_secret_value()):
        where = "VISITBOT_TOKEN_FILE" if settings.token_file else "VISITBOT_TOKEN"
        raise SettingsError(f"{where}: this is not a token; one looks like 123456789:AAE… (digits, a colon, letters)")
    return settings


def _explained(place: tuple[int | str, ...], message: str) -> str:
    plain = message.removeprefix("Value error, ")
    return f"VISITBOT_{str(place[0]).upper()}: {plain}" if place else plain


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "no text in it"
        raise SettingsError(f"VISITBOT_TOKEN_FILE: {file} can't be read ({reason})") from None


def _looks_like_token(token: str) -> bool:
    digits, _, rest = token.partition(":")
    return digits.isascii() and digits.isdigit() and bool(rest) and not any(c.isspace() or c == "/" for c in rest)
