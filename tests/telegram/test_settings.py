"""Settings: where they come from, how a wrong one is explained, and that each is documented."""

import re
from pathlib import Path

import pytest
from bot_api import TOKEN

from visitbot.bot.settings import Settings, SettingsError, load

EXAMPLE = Path(__file__).parents[2] / "deploy" / "env.example"


def test_every_setting_is_in_env_example_and_the_other_way_round() -> None:
    documented = re.findall(r"^#?(VISITBOT_\w+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(f"VISITBOT_{name.upper()}" for name in Settings.model_fields)


def test_the_values_of_env_example_are_accepted(elsewhere: Path) -> None:
    text = re.sub(r"^#(VISITBOT_)", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = text.replace("VISITBOT_TOKEN=", f"VISITBOT_TOKEN={TOKEN}").replace("/run/credentials/", f"{elsewhere}/")
    (elsewhere / ".env").write_text(text, encoding="utf-8")
    settings = load()
    assert settings.require_token() == TOKEN
    assert str(settings.webhook_listen) == "127.0.0.1"


def test_the_environment_goes_before_env(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / ".env").write_text("VISITBOT_LANGUAGE=en\nVISITBOT_LOG_LEVEL=DEBUG\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("VISITBOT_LANGUAGE", "fr")
    settings = load()
    assert (settings.language, settings.log_level) == ("fr", "DEBUG")


def test_a_token_from_a_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("VISITBOT_TOKEN_FILE", str(elsewhere / "token"))
    assert load().require_token() == TOKEN


def test_the_webhook_secret_comes_from_the_token_and_does_not_show_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISITBOT_TOKEN", TOKEN)
    secret = load().secret
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret)
    assert secret == load().secret
    monkeypatch.setenv("VISITBOT_TOKEN", TOKEN + "x")
    assert load().secret != secret


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("VISITBOT_TOKEN", "not a token s3cret", "not a token"),
        ("VISITBOT_TOKEN_FILE", "/nowhere/token", "can't be read (No such file or directory)"),
        ("VISITBOT_WEBHOOK_PORT", "99999", "less than or equal to 65535"),
        ("VISITBOT_WEBHOOK_SECRET", "s3cret!", "16 to 256 letters"),
        ("VISITBOT_WEBHOOK_URL", "http://bot.example.org/x", "https://"),
        ("VISITBOT_WEBHOOK_LISTEN", "everywhere", ""),
        ("VISITBOT_BASE_URL", "http://127.0.0.1:8081/", "must end in /bot"),
        ("VISITBOT_LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("VISITBOT_LANGUAGE", "français", ""),
        ("VISITBOT_CONTEXT_MINUTES", "-1", "greater than or equal to 0"),
    ],
)
def test_a_wrong_setting_is_named_without_its_secret(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as wrong:
        load()
    assert str(wrong.value).startswith(f"{name}")
    assert reason in str(wrong.value)
    assert "s3cret" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_without_a_token_it_is_said_where_to_get_one(elsewhere: Path) -> None:
    with pytest.raises(SettingsError, match="BotFather"):
        load().require_token()
