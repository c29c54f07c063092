"""Times training steps of LibMTL and TorchJD: one JSON request a line in, one answer a line out.

The networks are those of `model.ts`. Each peer is used as its documentation says: LibMTL's weighting as
part of the model class; TorchJD's `mtl_backward` with `jac_to_grad`, or its autogram engine where that
is faster, and its scalarizers.
"""

import contextlib
import json
import math
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

import _peer_torchjd
from _peer_network import equal, network

import _libmtl  # noqa: F401
from LibMTL import weighting as lm

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
    if peer == "torchjd" and not on_representation:
        return _peer_torchjd.prepare(name, tasks, method)
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
