"""Writes tests/oracles/data_rows.json: what the data sets of the course hold, read by other means.

For every part of a set: its number of rows, the range of each column of numbers, and the first, the
middle and the last row with their targets. Text columns are categories, as "column=category".

Run in the Python environment of the benchmarks, with the folder of the files:
python bench/data/oracles.py ../shared/data
"""

import json
import pathlib

import numpy
import pandas
import scipy
import soundfile

import _oracle_tables  # noqa: F401  They add their parts.
import _oracle_media  # noqa: F401
from _oracle_parts import parts

source = (
    f"bench/data/oracles.py: pandas {pandas.__version__}, NumPy {numpy.__version__}, SciPy "
    f"{scipy.__version__}, soundfile {soundfile.__version__}"
)
target = pathlib.Path(__file__).parent / "../../tests/oracles/data_rows.json"
lines = ",\n".join(f"  {json.dumps(part, ensure_ascii=False)}" for part in parts)
target.resolve().write_text(
    f'{{\n "source": {json.dumps(source)},\n "parts": [\n{lines}\n ]\n}}\n', encoding="utf-8"
)
print(f"{len(parts)} parts of {len({part['set'] for part in parts})} sets")
