"""Writes tests/oracles/tasks_sklearn.json: figures of merit by scikit-learn.

Run in the Python environment of the benchmarks: python bench/tasks/oracles.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

random = np.random.default_rng(20260102)


def binary(name, rows, digits):
    # Few digits make ties; all numbers are the same in the file and in memory.
    logits = random.standard_normal(rows).round(digits)
    labels = (logits + random.standard_normal(rows) > 0.4).astype(int)
    chances = 1 / (1 + np.exp(-logits))
    found = (logits > 0).astype(int)
    return {
        "name": name,
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "auc": metrics.roc_auc_score(labels, logits),
        "logLoss": metrics.log_loss(labels, chances),
        "accuracy": metrics.accuracy_score(labels, found),
        "precision": metrics.precision_score(labels, found),
        "recall": metrics.recall_score(labels, found),
        "f1": metrics.f1_score(labels, found),
    }


rows, classes = 60, 4
logits = random.standard_normal((rows, classes)).round(2)
truth = (logits + random.standard_normal((rows, classes))).argmax(1)
found = logits.argmax(1)
outputs = random.standard_normal((rows, 2)).round(2)
targets = (outputs + random.standard_normal((rows, 2))).round(2)
many = random.standard_normal((30, 5)).round(2)
many[:, 4] = -1
many_truth = (many + random.standard_normal((30, 5)) > 0.5).astype(int)
many_truth[:, 4] = 0
many_found = (many > 0).astype(int)

out = pathlib.Path(__file__).parents[2] / "tests" / "oracles" / "tasks_sklearn.json"
out.write_text(
    json.dumps(
        {
            "source": f"scikit-learn {sklearn.__version__}, bench/tasks/oracles.py",
            "binary": [
                binary("hardly any ties", 50, 6),
                binary("many ties", 80, 0),
                binary("some ties", 40, 1),
            ],
            "classes": {
                "logits": logits.tolist(),
                "labels": truth.tolist(),
                "accuracy": metrics.accuracy_score(truth, found),
                "macroF1": metrics.f1_score(truth, found, average="macro"),
                "meanIou": metrics.jaccard_score(truth, found, average="macro"),
                "quadraticKappa": metrics.cohen_kappa_score(truth, found, weights="quadratic"),
            },
            "labels": {
                "logits": many.tolist(),
                "truth": many_truth.tolist(),
                "accuracy": 1 - metrics.hamming_loss(many_truth, many_found),
                "exactMatch": metrics.accuracy_score(many_truth, many_found),
                "microF1": metrics.f1_score(many_truth, many_found, average="micro"),
                # The last label is neither there nor found.
                "macroF1": metrics.f1_score(many_truth[:, :4], many_found[:, :4], average="macro"),
            },
            "regression": {
                "outputs": outputs.tolist(),
                "targets": targets.tolist(),
                "rmse": metrics.root_mean_squared_error(targets.ravel(), outputs.ravel()),
                "mae": metrics.mean_absolute_error(targets, outputs),
                "r2": metrics.r2_score(
                    targets, outputs, multioutput="variance_weighted"
                ),
            },
        },
        indent=1,
    )
    + "\n"
)
print(f"written to {out}")
