"""Times training steps of DeepCTR-Torch's multi-task models on tables.

The networks are those of `models.ts`, with one logit a task. Its PLE makes as many shared experts as a
task has own ones, whatever it is asked for, and gives all levels the same units, so that it has no
counterpart here.
"""

import importlib.util
import sys
import types

import torch
from torch.nn import functional as F

# Its faces ask PyPI for a newer version; the files behind them are found as always.
for name in ("deepctr_torch", "deepctr_torch.models", "deepctr_torch.models.multitask"):
    face = types.ModuleType(name)
    face.__path__ = importlib.util.find_spec(name).submodule_search_locations
    sys.modules[name] = face

from deepctr_torch.inputs import DenseFeat  # noqa: E402
from deepctr_torch.models.multitask.esmm import ESMM  # noqa: E402
from deepctr_torch.models.multitask.mmoe import MMOE  # noqa: E402
from deepctr_torch.models.multitask.sharedbottom import SharedBottom  # noqa: E402

from _serve import serve  # noqa: E402

TASKS = 2


def build(request):
    (width,) = request["shape"]
    columns = [DenseFeat("features", width)]
    units, hidden = request["units"], [request["hidden"]]
    architecture = request["architecture"]
    if architecture == "SharedBottom":
        model = SharedBottom(columns, bottom_dnn_hidden_units=units, tower_dnn_hidden_units=hidden)
    elif architecture == "MMOE":
        model = MMOE(
            columns,
            num_experts=request["experts"],
            expert_dnn_hidden_units=units,
            gate_dnn_hidden_units=(),
            tower_dnn_hidden_units=hidden,
        )
    else:
        model = ESMM(columns, tower_dnn_hidden_units=[*units, *hidden])
    x = torch.rand(request["batch"], width)
    targets = torch.randint(0, 2, (request["batch"], TASKS)).float()

    def loss():
        chances = model(x)
        return sum(F.binary_cross_entropy(chances[:, task], targets[:, task]) for task in range(TASKS))

    return model, loss


serve(build)
