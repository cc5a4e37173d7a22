"""A key by which French-sounding spellings of one word meet: "marsay" and "Marseille", "kérilosse" and "Kérylos"."""

import re
from functools import lru_cache

_STEPS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"um$", "om"),
        (r"[ae]ille?s?$|[ae]il$|ay$", "E"),
        (r"eaux?|aux?(?=[^aeiouy]|$)|oh", "o"),
        (r"oe|oeu|eu", "e"),
        (r"sch|sh|ch(?=[aeiou])", "*"),  # kept apart from s and k: "chambord"
        (r"ph", "f"),
        (r"qu|ck|k|q|c(?=[^eiy]|$)", "k"),
        (r"c(?=[eiy])|ss|z", "s"),
        (r"ge(?=[ao])|g(?=[eiy])", "j"),
        (r"h", ""),
        (r"aie?(?=[^n]|$)|ei(?=[^n]|$)|er?s?$|ez$|et$", "e"),
        (r"ou|oo", "u"),
        (r"y|ee", "i"),
        (r"x", "s"),
        (r"gs|g(?=[bt])", "s"),
        (r"[ae][nm](?=[^aeiounm])", "A"),
        (r"(?:ain|ein|in|im)(?=[^aeiounm]|$)", "I"),
        (r"o[nm](?=[^aeiounm]|$)", "O"),
        (r"(?<=r)g$|[dtpg]s?$", ""),
        (r"(.)\1+", r"\1"),
        (r"(?<=[^aeiou])e$", "e"),
    )
)


@lru_cache(maxsize=4096)
def key(word: str) -> str:
    """How a folded word sounds, roughly, to a French ear; silent endings fall away."""
    for pattern, sound in _STEPS:
        word = pattern.sub(sound, word)
    return word.removesuffix("e").removesuffix("s") or word
