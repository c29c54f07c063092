"""Times training steps of LibMTL's architectures.

The networks are those of `models.ts`. LibMTL's cross-stitch, MTAN and PLE take ResNets only, so that
they have no counterpart here.
"""

import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

# What the benchmarks share lies beside their folders.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import _libmtl  # noqa: E402, F401
from _networks import LeNet  # noqa: E402
from LibMTL.architecture.CGC import CGC  # noqa: E402
from LibMTL.architecture.DSelect_k import DSelect_k  # noqa: E402
from LibMTL.architecture.HPS import HPS  # noqa: E402
from LibMTL.architecture.MMoE import MMoE  # noqa: E402

from _serve import serve  # noqa: E402

TASKS = ["first", "second"]


def mlp(inputs, units):
    layers = []
    for width in units:
        layers += [nn.Linear(inputs, width), nn.ReLU()]
        inputs = width
    return lambda: nn.Sequential(*_fresh(layers))


def _fresh(layers):
    return [nn.Linear(l.in_features, l.out_features) if isinstance(l, nn.Linear) else nn.ReLU() for l in layers]


def build(request):
    shape, classes = request["shape"], request["classes"]
    if request["data"] == "adult":
        encoder, features, x = mlp(shape[0], request["units"]), request["units"][-1], torch.rand(request["batch"], *shape)
    else:
        encoder, features = LeNet, 50
        x = torch.rand(request["batch"], 1, *shape[:2])
    heads = nn.ModuleDict({
        task: nn.Sequential(nn.Linear(features, request["hidden"]), nn.ReLU(), nn.Linear(request["hidden"], classes))
        for task in TASKS
    })
    experts = request["experts"]
    kwargs = {
        "HPS": (HPS, {}),
        "MMoE": (MMoE, {"num_experts": [experts]}),
        "CGC": (CGC, {"num_experts": [experts // 2, experts // 4, experts // 4]}),
        "DSelect-k": (DSelect_k, {"num_experts": [experts], "num_nonzeros": 2, "kgamma": 1.0}),
    }
    make, settings = kwargs[request["architecture"]]
    size = list(x.shape[1:])
    model = make(TASKS, encoder, heads, False, False, torch.device("cpu"), img_size=size, **settings)
    targets = {task: torch.randint(0, classes, (request["batch"],)) for task in TASKS}

    def loss():
        outputs = model(x)
        return torch.stack([F.cross_entropy(outputs[task], targets[task]) for task in TASKS]).sum()

    return model, loss


serve(build)
