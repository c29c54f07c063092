"""Products of 64-bit matrices by NumPy (OpenBLAS), timed on request.

Reads one JSON object a line: {"m", "n", "inner", "repeats"}. Answers with {"seconds", "sum"}: the time of one
product of `a` [m, inner] with the transpose of `b` [n, inner], or of `a` with its own where n is 0, and the sum of
its entries. a[i] = sin(i), b[i] = cos(i) over their entries in order.
"""

import json
import sys
import time

import numpy as np


def solve(m, n, inner, repeats):
    a = np.sin(np.arange(m * inner, dtype=np.float64)).reshape(m, inner)
    b = np.cos(np.arange(n * inner, dtype=np.float64)).reshape(n, inner) if n else a
    product = a @ b.T
    start = time.perf_counter()
    for _ in range(repeats):
        product = a @ b.T
    return {"seconds": (time.perf_counter() - start) / repeats, "sum": float(product.sum())}


for line in sys.stdin:
    print(json.dumps(solve(**json.loads(line))), flush=True)
