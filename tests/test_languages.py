"""Language files that are nothing but lists of texts are read by cutting at the quotes: the same as tomllib reads."""

import tomllib
from pathlib import Path

import pytest

from visitbot.languages import lists

FILES = sorted((Path(__file__).parents[1] / "data" / "languages").glob("*/cues.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_hint_words_are_read_as_tomllib_reads_them(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = lists(text)
    assert found is not None
    assert list(found.items()) == list(tomllib.loads(text).items())


@pytest.mark.parametrize(
    "text",
    [
        'a = [,]\n', 'a = ["x",,]\n', 'a = ["x" "y"]\n', 'a = [ , "x"]\n', 'a = ["x\ny"]\n',
        'a = ["x"]\na = ["y"]\n', 'a = ["x"]\nb\n', 'a = ["x]\n', 'a = ["x\\"]\n', 'a = ["x\x00"]\n',
    ],
)  # fmt: skip
def test_what_is_wrong_is_left_to_tomllib_to_name(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    assert lists(text) is None


@pytest.mark.parametrize(
    "text", ['a = ["]"]\n', 'a = ["\\u00e9"]\n', "a = ['x']\n", "a = [1]\n", 'a = ["x", # why\n]\n', '[b]\na = ["x"]\n']
)
def test_what_is_more_than_lists_of_texts_is_left_to_tomllib(text: str) -> None:
    assert tomllib.loads(text)
    assert lists(text) is None
