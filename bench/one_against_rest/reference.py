"""One-against-rest logistic regression of scikit-learn on the split that main.ts wrote."""

import json
import sys
import time
from pathlib import Path

import numpy
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier


def read(folder: Path, part: str):
    images = numpy.fromfile(folder / f"{part}.images", dtype=numpy.uint8).reshape(-1, 784)
    labels = numpy.fromfile(folder / f"{part}.labels", dtype=numpy.uint8)
    return images / 255.0, labels


folder = Path(json.loads(sys.stdin.readline())["folder"])
images, labels = read(folder, "train")
started = time.perf_counter()
model = OneVsRestClassifier(LogisticRegression(max_iter=1000)).fit(images, labels)
seconds = time.perf_counter() - started
print(
    json.dumps(
        {
            "recipe": "OneVsRestClassifier(LogisticRegression(max_iter=1000)), pixels in [0, 1]",
            "accuracy": float(model.score(*read(folder, "held_out"))),
            "trainImages": len(labels),
            "heldOutImages": int(read(folder, "held_out")[1].size),
            "iterations": [int(one.n_iter_[0]) for one in model.estimators_],
            "seconds": round(seconds, 1),
            "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
        }
    )
)
