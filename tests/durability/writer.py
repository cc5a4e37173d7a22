"""Writes to a catalogue without pause, saying each number once it is safe; to be killed: `writer.py HOME SEED`."""

import itertools
import os
import sys
from pathlib import Path

from visitbot.catalogue.store import open_store

store = open_store(Path(sys.argv[1]), Path(sys.argv[2]))
counted = store.catalogue().sources.get("counter")
start = int(counted.title.split()[0]) if counted else 0
for number in itertools.count(start + 1):
    # Long and short in turn: an overwrite in place would leave the tail of the longer one.
    filling = "x" * (50_000 if number % 2 else 10)
    store.put("sources", "counter", {"id": "counter", "title": f"{number} {filling}"})
    os.write(1, b"%d\n" % number)
