"""Times training steps of LibMTL and TorchJD: one JSON request a line in, one answer a line out.

The networks are those of `model.ts`. Each peer is used as its documentation says: LibMTL's
weighting as part of the model class, TorchJD's `mtl_backward` and `jac_to_grad`.
"""

import contextlib
import json
import math
import pathlib
import sys
import time

import numpy as np
import torch
import torchjd.aggregation as tj
from torch import nn
from torch.nn import functional as F
from torchjd.autojac import jac, jac_to_grad, mtl_backward

# What the benchmarks share lies beside their folders.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import _libmtl  # noqa: E402, F401
from _networks import LeNet  # noqa: E402
from LibMTL import weighting as lm  # noqa: E402

BATCH = 128


def network(name, tasks):
    if name == "lenet":
        trunk, x = LeNet(), torch.rand(BATCH, 1, 36, 36)
        heads = [nn.Sequential(nn.Linear(50, 50), nn.ReLU(), nn.Linear(50, 10)) for _ in range(tasks)]
    else:
        trunk = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU())
        x = torch.rand(BATCH, 784)
        heads = [nn.Linear(256, 10) for _ in range(tasks)]
    targets = [torch.randint(0, 10, (BATCH,)) for _ in range(tasks)]
    return trunk, nn.ModuleList(heads), x, targets


def optimizer_of(trunk, heads):
    return torch.optim.Adam([*trunk.parameters(), *heads.parameters()], lr=1e-4)


def equal(name, tasks):
    trunk, heads, x, targets = network(name, tasks)
    optimizer = optimizer_of(trunk, heads)

    def step():
        optimizer.zero_grad()
        features = trunk(x)
        total = sum(F.cross_entropy(head(features), t) for head, t in zip(heads, targets))
        total.backward()
        optimizer.step()
        return total.item()

    return step


TORCHJD = {
    "mean": lambda tasks: tj.Mean(),
    "sum": lambda tasks: tj.Sum(),
    "random": lambda tasks: tj.Random(),
    "pcgrad": lambda tasks: tj.PCGrad(),
    "gradvac": lambda tasks: tj.GradVac(),
    "mgda": lambda tasks: tj.MGDA(),
    "cagrad": lambda tasks: tj.CAGrad(c=0.5),
    "imtl-g": lambda tasks: tj.IMTLG(),
    "nash-mtl": lambda tasks: tj.NashMTL(n_tasks=tasks),
    "fairgrad": lambda tasks: tj.FairGrad(alpha=1.0),
    "aligned-mtl": lambda tasks: tj.AlignedMTL(),
    "upgrad": lambda tasks: tj.UPGrad(),
    "dualproj": lambda tasks: tj.DualProj(),
    "config": lambda tasks: tj.ConFIG(),
    "graddrop": lambda tasks: tj.GradDrop(),
    "excess-mtl": lambda tasks: tj.ExcessMTL(),
    "trimmed-mean": lambda tasks: tj.TrimmedMean(1),
    "pcd": lambda tasks: tj.PCD(),
    "krum": lambda tasks: tj.Krum(1),
    "cr-mogm": lambda tasks: tj.GramianWeightedAggregator(tj.CRMOGMWeighting(tj.MGDAWeighting())),
}
# These look at the products of gradients from two batches, and train on a third.
TORCHJD_THREE = {"modo": tj.MoDoWeighting, "sdmgrad": tj.SDMGradWeighting}


def torchjd_step(name, tasks, method):
    trunk, heads, x, targets = network(name, tasks)
    optimizer = optimizer_of(trunk, heads)
    aggregator = TORCHJD[method](tasks)

    def step():
        optimizer.zero_grad()
        features = trunk(x)
        losses = [F.cross_entropy(head(features), t) for head, t in zip(heads, targets)]
        mtl_backward(losses, features=features)
        jac_to_grad(trunk.parameters(), aggregator)
        optimizer.step()
        return sum(loss.item() for loss in losses)

    return step


def torchjd_three_step(name, tasks, method):
    trunk, heads, x, targets = network(name, tasks)
    optimizer = optimizer_of(trunk, heads)
    weighting = TORCHJD_THREE[method]()
    shared = list(trunk.parameters())
    thirds = list(zip(x.tensor_split(3), zip(*[t.tensor_split(3) for t in targets])))

    def losses_of(part):
        inputs, labels = part
        features = trunk(inputs)
        return torch.stack([F.cross_entropy(head(features), t) for head, t in zip(heads, labels)])

    def jacobian_of(part):
        return torch.cat([j.flatten(1) for j in jac(losses_of(part), shared)], dim=1)

    def step():
        optimizer.zero_grad()
        first, second = jacobian_of(thirds[0]), jacobian_of(thirds[1])
        losses = losses_of(thirds[2])
        losses.backward(weighting(first @ second.T))
        optimizer.step()
        return losses.sum().item()

    return step


LIBMTL = {
    "equal": (lm.EW, {}),
    "dwa": (lm.DWA, {"T": 2.0}),
    "pcgrad": (lm.PCGrad, {}),
    "gradvac": (lm.GradVac, {"beta": 0.5}),
    "mgda": (lm.MGDA, {"mgda_gn": "none"}),
    "cagrad": (lm.CAGrad, {"calpha": 0.5, "rescale": 1}),
    "imtl": (lm.IMTL, {}),
    "graddrop": (lm.GradDrop, {"leak": 0.0}),
    "gradnorm": (lm.GradNorm, {"alpha": 1.5}),
    "uncertainty": (lm.UW, {}),
    "geometric-mean": (lm.GLS, {}),
    "rlw": (lm.RLW, {"dist": "Normal"}),
}


def libmtl_step(name, tasks, method, on_representation):
    trunk, heads, x, targets = network(name, tasks)
    kind, settings = LIBMTL[method]

    class Model(kind):
        def __init__(self):
            super().__init__()
            self.trunk, self.heads = trunk, heads
            self.task_num, self.device = tasks, torch.device("cpu")
            self.rep_grad = on_representation
            self.task_name = [str(task) for task in range(tasks)]
            self.rep, self.rep_tasks = None, {}
            self.epoch, self.train_loss_buffer = 1, np.ones((tasks, 2))
            self.init_param()

        def get_share_params(self):
            return self.trunk.parameters()

        def zero_grad_share_params(self):
            self.trunk.zero_grad(set_to_none=False)

    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        features = model.trunk(x)
        inputs = [features] * tasks
        if on_representation:
            model.rep = features
            model.rep_tasks = {n: features.detach().clone() for n in model.task_name}
            for copy in model.rep_tasks.values():
                copy.requires_grad = True
            inputs = list(model.rep_tasks.values())
        losses = torch.stack(
            [F.cross_entropy(head(z), t) for head, z, t in zip(model.heads, inputs, targets)]
        )
        optimizer.zero_grad(set_to_none=False)
        # Some methods print as they go.
        with contextlib.redirect_stdout(sys.stderr):
            model.backward(losses, **settings)
        optimizer.step()
        return losses.sum().item()

    return step


def prepare(request):
    torch.manual_seed(1)
    peer, method = request["peer"], request["method"]
    name, tasks = request["model"], request["tasks"]
    if method == "equal" and peer == "torchjd":
        return equal(name, tasks)
    on_representation = method.endswith(" on representation")
    method = method.removesuffix(" on representation").removesuffix(" on all shared layers")
    if peer == "torchjd" and not on_representation and method in TORCHJD:
        return torchjd_step(name, tasks, method)
    if peer == "torchjd" and method in TORCHJD_THREE:
        return torchjd_three_step(name, tasks, method)
    if peer == "libmtl" and method in LIBMTL:
        return libmtl_step(name, tasks, method, on_representation)
    return None


def timed(step):
    # With one thread the processor's time, which does not grow when others use the machine too.
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    start = clock()
    total = step()
    return (clock() - start) * 1000, total


def compare(equal_step, step, seconds):
    """Medians of steps that take turns, with as much time for equal weighting as for the method."""
    start, equals, others, totals = time.perf_counter(), [], [], [0.0]
    while not others or time.perf_counter() - start < seconds:
        ms, total = timed(step)
        others.append(ms)
        totals.append(total)
        while sum(equals) < min(sum(others), 1000 * seconds):
            equals.append(timed(equal_step)[0])
    return float(np.median(others)), float(np.median(equals)), totals[-1]


def main():
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        torch.set_num_threads(request["threads"])
        key = (request["peer"], request["model"], request["tasks"], request["method"])
        base = (*key[:3], "equal")
        # Only the baseline and the method at hand are kept.
        prepared = {k: v for k, v in prepared.items() if k[1:3] == key[1:3] and k in (key, base)}
        for wanted in (key, base):
            if wanted in prepared:
                continue
            try:
                prepared[wanted] = prepare({**request, "method": wanted[3]})
                if prepared[wanted]:
                    prepared[wanted]()
            except Exception as error:  # e.g. LibMTL's CAGrad works for three tasks only
                print(f"{wanted} fails: {error}", file=sys.stderr)
                prepared[wanted] = None
        if prepared[key] is None:
            print(json.dumps(None), flush=True)
            continue
        ms, equal_ms, total = compare(prepared[base], prepared[key], request["seconds"])
        if not math.isfinite(total):
            raise SystemExit(f"The loss of {key} is not a number: the timing means nothing.")
        print(json.dumps({"ms": ms, "equalMs": equal_ms}), flush=True)


main()
