"""Writes tests/oracles/linear_sklearn.json: solutions of scikit-learn on small problems.

Run in the Python environment of the benchmarks: python bench/linear/oracles.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LogisticRegression,
    MultiTaskElasticNet,
    MultiTaskLasso,
    Ridge,
)

TIGHT = {"tol": 1e-14, "max_iter": 1_000_000}
rows, features, tasks = 40, 7, 4
random = np.random.default_rng(20260101)
# Numbers with few digits: exactly the same in the file and in memory.
x = random.standard_normal((rows, features)).round(3)
x[:, 1] = (x[:, 0] + 0.3 * x[:, 1]).round(3)
truth = random.standard_normal((features, tasks)) * (random.uniform(size=(features, 1)) < 0.6)
y = (x @ truth + 2 + random.standard_normal((rows, tasks))).round(3)
label = (y[:, 0] > 2).astype(int)
kind = np.digitize(y[:, 1], np.quantile(y[:, 1], [0.3, 0.7]))


def regression(name, model, strength):
    model.fit(x, y)
    return {
        "name": name,
        "strength": strength,
        "coefficients": np.atleast_2d(model.coef_).tolist(),
        "intercepts": np.atleast_1d(model.intercept_).tolist(),
    }


cases = []
for alpha in (0.02, 0.2):
    cases.append(regression("Lasso", Lasso(alpha=alpha, **TIGHT), {"alpha": alpha}))
    cases.append(regression("MultiTaskLasso", MultiTaskLasso(alpha=alpha, **TIGHT), {"alpha": alpha}))
    mixed = {"alpha": alpha, "l1_ratio": 0.3}
    cases.append(regression("ElasticNet", ElasticNet(**mixed, **TIGHT), mixed))
    cases.append(regression("MultiTaskElasticNet", MultiTaskElasticNet(**mixed, **TIGHT), mixed))
for alpha in (0.5, 20.0):
    cases.append(regression("Ridge", Ridge(alpha=alpha, solver="svd"), {"alpha": alpha}))
for c in (0.05, 1.0):
    for name, target in (("LogisticRegression", label), ("MultinomialRegression", kind)):
        model = LogisticRegression(C=c, tol=1e-12, max_iter=100_000).fit(x, target)
        cases.append(
            {
                "name": name,
                "strength": {"C": c},
                "coefficients": model.coef_.tolist(),
                "intercepts": model.intercept_.tolist(),
            }
        )
lda = LinearDiscriminantAnalysis(solver="svd").fit(x, kind)
cases.append(
    {
        "name": "LinearDiscriminantAnalysis",
        "strength": {},
        "probabilities": lda.predict_proba(x).tolist(),
    }
)

out = pathlib.Path(__file__).parents[2] / "tests" / "oracles" / "linear_sklearn.json"
out.write_text(
    json.dumps(
        {
            "source": f"scikit-learn {sklearn.__version__}, bench/linear/oracles.py",
            "inputs": x.tolist(),
            "targets": y.T.tolist(),
            "label": label.tolist(),
            "kind": kind.tolist(),
            "cases": cases,
        },
        indent=1,
    )
    + "\n"
)
print(f"{len(cases)} cases written to {out}")
