"""Paths of scikit-learn's coordinate descent, timed on request.

Reads one JSON object a line: {"problem", "folder", "rows", "features", "tasks", "strengths", "tolerance"}.
Answers with {"seconds", "processorSeconds", "gap", "objective"}: time of the whole path, the largest gap of any strength relative
to half the squared targets, and the summed objectives, all in the library's scale (sums, not means).
"""

import json
import pathlib
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import enet_path

warnings.filterwarnings("ignore")
known = {}


def load(folder, name, shape):
    key = (folder, name)
    if key not in known:
        known[key] = np.fromfile(pathlib.Path(folder) / name, dtype=np.float64).reshape(shape)
    return known[key]


def objective(x, y, w, strength, joint):
    error = y - x @ w
    norm = np.sqrt((w**2).sum(-1)).sum() if joint else np.abs(w).sum()
    return 0.5 * (error**2).sum() + strength * norm


def solve(problem, folder, rows, features, tasks, strengths, tolerance):
    shared = problem != "l1-own"
    x = load(folder, "x.bin" if shared else "xs.bin", (rows, features) if shared else (tasks, rows, features))
    y = load(folder, "y.bin" if shared else "ys.bin", (tasks, rows))
    # Row by row, as both libraries are given it: laying it out otherwise is part of the time of both.
    xs = [x] if shared else list(x)
    alphas = np.array(strengths) / rows
    # scikit-learn stops at gap < tol |y|^2, without the half.
    options = dict(alphas=alphas, l1_ratio=1.0, tol=tolerance / 2, max_iter=100_000)
    joint = problem == "l21-shared"
    start, processor = time.perf_counter(), time.process_time()
    if joint:
        paths = [enet_path(xs[0], y.T.copy(), **options)]
    else:
        paths = [enet_path(xs[0 if shared else k], y[k], **options) for k in range(tasks)]
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    gaps = sum(gap * rows for _, _, gap in paths)
    if joint:
        values = [objective(xs[0], y.T, paths[0][1][:, :, i].T, s, True) for i, s in enumerate(strengths)]
    else:
        values = [
            sum(
                objective(xs[0 if shared else k], y[k], paths[k][1][:, i], s, False)
                for k in range(tasks)
            )
            for i, s in enumerate(strengths)
        ]
    return {
        "seconds": seconds,
        "processorSeconds": processor,
        "gap": float(np.max(gaps) / (0.5 * (y**2).sum())),
        "objective": float(np.sum(values)),
    }


for line in sys.stdin:
    print(json.dumps(solve(**json.loads(line))), flush=True)
