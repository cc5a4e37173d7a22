"""Lets `python -m visitbot` do what the command `visitbot` does."""

import sys

from visitbot.cli import main

sys.exit(main())
