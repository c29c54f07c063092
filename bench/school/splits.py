"""Random splits as NumPy draws them.

Reads {"sizes": [rows of every task], "share", "seed"}, answers with the training rows of every task.
"""

import json
import sys

import numpy as np

question = json.loads(sys.stdin.readline())
random = np.random.default_rng(question["seed"])
rows = []
for size in question["sizes"]:
    order = random.permutation(size)
    rows.append(order[: max(1, round(question["share"] * size))].tolist())
json.dump(rows, sys.stdout)
