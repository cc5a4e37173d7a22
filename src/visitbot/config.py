"""Where things are: the one door to the environment and to .env for every command."""

import os
from pathlib import Path


def data_folder() -> Path:
    """The read-only seed: beside the package when installed, at the top of the repository when developed."""
    packaged = Path(__file__).parent / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "data"


def home() -> Path:
    """The state folder: VISITBOT_HOME from the environment or .env, else the platform's place for user data."""
    if named := os.environ.get("VISITBOT_HOME") or _dotenv().get("VISITBOT_HOME"):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("visitbot", appauthor=False)


def _dotenv() -> dict[str, str | None]:
    if not Path(".env").is_file():
        return {}
    from dotenv import dotenv_values

    return dict(dotenv_values(".env"))


def styled() -> bool:
    """Whether a terminal may be written to in bold and dim: NO_COLOR (any value but an empty one) says no."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
