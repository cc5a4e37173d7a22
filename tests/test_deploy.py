"""What the operator installs: the unit, the image and the guide agree with the program and with each other."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from visitbot import cli

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "visitbot.service"
DOCKERFILE = DEPLOY / "Dockerfile"
PIP = re.compile(r"\bpip (?:--python \S+ )?(?:install|wheel)\b")


def unit_values(key: str) -> list[str]:
    """All values that the unit gives to one key."""
    return [line.partition("=")[2] for line in UNIT.read_text().splitlines() if line.startswith(f"{key}=")]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined, comments left out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    found = [line.partition(" ") for line in joined.splitlines()]
    return [(word, rest.strip()) for word, _, rest in found]


def systemd_analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze, or say why not."""
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not on this machine (Debian: apt-get install systemd)")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as it stands, but for the program's place, which exists on the server only."""
    text = UNIT.read_text().replace("/opt/visitbot/current/bin/visitbot", sys.executable)
    copy = tmp_path / UNIT.name
    copy.write_text(text)
    return copy


def test_systemd_accepts_the_unit_without_a_word(unit: Path) -> None:
    done = systemd_analyze("verify", unit)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_would_tell_a_misspelt_protection(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))
    assert "ProtectHomes" in systemd_analyze("verify", unit).stderr


def test_the_unit_exposes_little(unit: Path) -> None:
    done = systemd_analyze("security", "--offline=true", "--threshold=20", unit)
    assert done.returncode == 0, done.stdout


def test_the_unit_does_not_restart_what_a_restart_cannot_mend() -> None:
    final = {int(code) for code in unit_values("RestartPreventExitStatus")[0].split()}
    assert final == {cli.USAGE, cli.SETTINGS, cli.STATE}
    assert cli.PROBLEM not in final


def test_the_unit_does_not_run_as_root_and_holds_no_token() -> None:
    assert unit_values("User") == ["visitbot"]
    assert unit_values("LoadCredential") == ["token:/etc/visitbot/token"]
    assert not re.search(r"VISITBOT_TOKEN=", UNIT.read_text())


def test_every_setting_named_for_operators_is_explained_in_env_example() -> None:
    explained = set(re.findall(r"VISITBOT_[A-Z_]+", (DEPLOY / "env.example").read_text()))
    for file in (UNIT, DOCKERFILE, DEPLOY / "install.md", ROOT / "README.md", ROOT / "Makefile"):
        named = set(re.findall(r"VISITBOT_[A-Z_]+", file.read_text()))
        assert named <= explained, f"{file.name}: {sorted(named - explained)}"


def test_the_image_does_not_run_as_root() -> None:
    users = [rest for word, rest in instructions() if word == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}


def test_the_image_is_built_from_what_exists_and_from_nothing_secret() -> None:
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in allowed
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from=" not in rest]
    assert copied
    for source in (name for names in copied for name in names):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in allowed, f"{source} is kept out by Dockerfile.dockerignore"


def test_the_image_installs_only_what_is_locked() -> None:
    installs = [step for word, rest in instructions() if word == "RUN" for step in rest.split("&&") if PIP.search(step)]
    assert installs
    for step in installs:
        assert "--require-hashes" in step or "--no-deps" in step, step


def test_the_image_starts_the_command_that_exists() -> None:
    told = dict(instructions())
    assert told["ENTRYPOINT"] == '["visitbot"]'
    assert told["CMD"] == '["run"]'


def test_each_file_that_the_guide_names_exists() -> None:
    named = set(re.findall(r"(?:deploy|requirements|data)/[\w./-]*\w", (DEPLOY / "install.md").read_text()))
    assert named
    for name in named:
        assert (ROOT / name).exists(), name
