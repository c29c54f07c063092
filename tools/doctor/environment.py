"""Prints as JSON what the Python environment holds, against the pinned requirements."""

import json
import platform
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SHOWN = ("jupyterlab", "nbclient", "nbconvert")

pins = dict(
    re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+) *$", Path(sys.argv[1]).read_text(), re.MULTILINE)
)
different = []
for name, wanted in pins.items():
    try:
        found = version(name)
    except PackageNotFoundError:
        found = "nothing"
    if found != wanted:
        different.append(f"{name} {found} instead of {wanted}")

print(
    json.dumps(
        {
            "python": platform.python_version(),
            "shown": {name: version(name) for name in SHOWN},
            "different": different,
            "freeBytes": shutil.disk_usage(Path(sys.argv[1]).parent).free,
        }
    )
)
