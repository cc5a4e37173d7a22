"""The house rules that no linter knows: purity at import, small modules, nothing of this machine in the files."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "visitbot"
MODULES = sorted(SOURCE.rglob("*.py"))
PURE = [file for file in MODULES if file.parent.name in {"answering", "understanding"}]
MADE = {".git", ".venv", "__pycache__", "build", "dist"}
CACHE = re.compile(r"\.[a-z_]+_cache|.*\.egg-info")
VAGUE = {"utils", "util", "helpers", "manager", "common", "misc"}

LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def name(file: Path) -> str:
    """How a file is called in a test's name."""
    return file.relative_to(ROOT).as_posix()


def own_files() -> Iterator[Path]:
    """Every file of the repository that a person or the lock wrote."""
    for file in ROOT.rglob("*"):
        if file.is_file() and not any(part in MADE or CACHE.fullmatch(part) for part in file.relative_to(ROOT).parts):
            yield file


def locked(name: str) -> str:
    """One of the locks."""
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def loaded_by(module: str) -> set[str]:
    """The top-level names in sys.modules after importing one module in a fresh interpreter."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("visitbot.understanding.understand", {"telegram", "tinydb", "filelock", "pydantic", "httpx", "asyncio"}),
        ("visitbot.answering.answers", {"telegram", "tinydb", "filelock", "pydantic", "httpx", "asyncio", "rapidfuzz"}),
        ("visitbot.cli", {"telegram", "tinydb", "filelock", "pydantic", "rapidfuzz", "asyncio", "platformdirs"}),
        ("visitbot.assembly", {"telegram", "filelock", "pydantic", "httpx", "asyncio"}),
    ],
)
def test_a_room_brings_only_what_it_needs(module: str, unwanted: set[str]) -> None:
    loaded = loaded_by(module)
    assert "visitbot" in loaded
    assert not loaded & unwanted


def test_importing_every_module_needs_no_token_no_folder_and_writes_nothing(tmp_path: Path) -> None:
    names = [".".join(("visitbot", *file.relative_to(SOURCE).with_suffix("").parts)) for file in MODULES]
    wanted = [module.removesuffix(".__init__") for module in names if not module.endswith("__main__")]
    subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", f"import {', '.join(wanted)}"],
        env={"HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        check=True,
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_a_module_opens_with_a_sentence_and_stays_small(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    opening = ast.get_docstring(tree)
    assert opening, "no docstring"
    assert opening.split("\n\n")[0].rstrip().endswith((".", "?", "!")), "the docstring opens with no sentence"
    lines = text.count("\n")
    assert lines <= LONGEST_MODULE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{node.name} does not fit a screen"


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_names_are_nouns_of_the_field(file: Path) -> None:
    assert not VAGUE & set(file.relative_to(SOURCE).with_suffix("").parts)


def spoken_literals(tree: ast.Module) -> Iterator[str]:
    """String literals of a module that are no docstrings."""
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


@pytest.mark.parametrize("file", PURE, ids=name)
def test_the_pure_middle_takes_from_the_clock_only_its_time_zone(file: Path) -> None:
    assert re.findall(r"visitbot\.clock import (?!PARIS\n)|visitbot import .*\bclock\b", file.read_text()) == []


@pytest.mark.parametrize("file", [file for file in PURE if file.name != "text.py"], ids=name)
def test_no_sentence_is_said_from_code(file: Path) -> None:
    """What a person reads is in data/languages; a French accent inside a literal would be a phrase or a word list.

    Not asked of text.py, the one place where characters are folded: it has to name them.
    """
    literals = spoken_literals(ast.parse(file.read_text(encoding="utf-8")))
    assert [text for text in literals if re.search("[à-öø-ÿœ]", text)] == []


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    # Put together here, so that this file is no exception to its own rule.
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("ghcr", "io"))]
    folders = [
        "/".join(parts) for parts in (("..", "shared"), ("", "work", ""), ("", "root", ""), ("", "tmp", "p", ""))
    ]
    unwanted = re.compile("|".join(map(re.escape, hosts + folders)))
    found = {name(file): unwanted.findall(file.read_text(encoding="utf-8", errors="replace")) for file in own_files()}
    assert {file: words for file, words in found.items() if words} == {}


def test_no_file_holds_a_token() -> None:
    token = re.compile(r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b")
    texts = {name(file): file.read_text(encoding="utf-8", errors="replace") for file in own_files()}
    assert [file for file, text in texts.items() if token.search(text)] == []


def test_the_locks_pin_every_dependency_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    wanted = {
        "build": groups["build"],
        "run": project["project"]["dependencies"],
        "test": project["project"]["dependencies"] + [one for extra in extras.values() for one in extra],
        "lock": groups["lock"],
    }
    entry = re.compile(r"(?m)^([a-z0-9-]+)==\S+(?: ; .*)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+")
    for lock, dependencies in wanted.items():
        pinned = entry.findall(locked(lock))
        assert len(pinned) == len(re.findall(r"^\S", locked(lock), re.MULTILINE)), (
            f"{lock}.txt: version or hash missing"
        )
        named = {re.split(r"[^a-z0-9-]", dependency)[0] for dependency in dependencies}
        assert named <= set(pinned), f"{lock}.txt lacks {named - set(pinned)}: make lock"


def test_the_locks_agree_with_each_other() -> None:
    """The same virtual environment takes them one after the other."""
    pinned: dict[tuple[str, str], str] = {}
    for lock in ("build", "run", "test"):
        for package, version, marker in re.findall(
            r"^([a-z0-9-]+)==(\S+)(?: ; (.*?))? \\$", locked(lock), re.MULTILINE
        ):
            by_python = marker if "python_full_version" in marker else ""
            known = pinned.setdefault((package, by_python), version)
            assert version == known, f"{package} is {version} in {lock}.txt and {known} before"
