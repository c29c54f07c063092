"""Training steps of TorchJD, as its documentation says: by the Jacobian, by the Gramian, by losses."""

import sys
import time

import torch
import torchjd.aggregation as tj
import torchjd.scalarization as ts
from torch.nn import functional as F
from torchjd.autogram import Engine
from torchjd.autojac import jac, jac_to_grad, mtl_backward

from _peer_network import losses_of, network, optimizer_of

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

    def losses_of_part(part):
        return torch.stack(losses_of(trunk, heads, *part))

    def jacobian_of(part):
        return torch.cat([j.flatten(1) for j in jac(losses_of_part(part), shared)], dim=1)

    def step():
        optimizer.zero_grad()
        first, second = jacobian_of(thirds[0]), jacobian_of(thirds[1])
        losses = losses_of_part(thirds[2])
        losses.backward(weighting(first @ second.T))
        optimizer.step()
        return losses.sum().item()

    return step


# What the autogram engine can take: it computes the Gramian without the Jacobian.
WEIGHTINGS = {
    "mean": lambda tasks: tj.MeanWeighting(),
    "sum": lambda tasks: tj.SumWeighting(),
    "random": lambda tasks: tj.RandomWeighting(),
    "pcgrad": lambda tasks: tj.PCGradWeighting(),
    "gradvac": lambda tasks: tj.GradVacWeighting(),
    "mgda": lambda tasks: tj.MGDAWeighting(),
    "cagrad": lambda tasks: tj.CAGradWeighting(c=0.5),
    "imtl-g": lambda tasks: tj.IMTLGWeighting(),
    "fairgrad": lambda tasks: tj.FairGradWeighting(alpha=1.0),
    "aligned-mtl": lambda tasks: tj.AlignedMTLWeighting(),
    "upgrad": lambda tasks: tj.UPGradWeighting(),
    "dualproj": lambda tasks: tj.DualProjWeighting(),
    "pcd": lambda tasks: tj.PCDWeighting(),
    "krum": lambda tasks: tj.KrumWeighting(1),
    "cr-mogm": lambda tasks: tj.CRMOGMWeighting(tj.MGDAWeighting()),
}


def autogram_step(name, tasks, method):
    trunk, heads, x, targets = network(name, tasks)
    optimizer = optimizer_of(trunk, heads)
    weighting = WEIGHTINGS[method](tasks)
    engine = Engine(trunk, batch_dim=None)

    def step():
        optimizer.zero_grad()
        losses = torch.stack(losses_of(trunk, heads, x, targets))
        losses.backward(weighting(engine.compute_gramian(losses)))
        optimizer.step()
        return losses.sum().item()

    return step


SCALARIZERS = {
    "mean": lambda tasks: ts.Mean(),
    "sum": lambda tasks: ts.Sum(),
    "random": lambda tasks: ts.Random(),
    "constant": lambda tasks: ts.Constant(torch.ones(tasks)),
    "rlw": lambda tasks: ts.Random(),
    "uncertainty": lambda tasks: ts.UW(tasks),
    "imtl-l": lambda tasks: ts.IMTLL(tasks),
    "dwa": lambda tasks: ts.DWA(2.0),
    "geometric-mean": lambda tasks: ts.GeometricMean(),
    "stch": lambda tasks: ts.STCH(0.1),
    "cosmos": lambda tasks: ts.COSMOS(1.0, torch.full((tasks,), 1 / tasks)),
    "pbi": lambda tasks: ts.PBI(5.0, torch.ones(tasks)),
    "famo": lambda tasks: ts.FAMO(tasks),
}


def scalarizer_step(name, tasks, method):
    trunk, heads, x, targets = network(name, tasks)
    scalarizer = SCALARIZERS[method](tasks)
    # FAMO has an optimizer of its own; what the others learn is trained along.
    looks_again = method == "famo"
    optimizer = optimizer_of(trunk, heads, *([] if looks_again else [scalarizer]))

    def step():
        optimizer.zero_grad()
        losses = torch.stack(losses_of(trunk, heads, x, targets))
        scalarizer(losses).backward()
        optimizer.step()
        if looks_again:
            with torch.no_grad():
                scalarizer.update(torch.stack(losses_of(trunk, heads, x, targets)))
        return losses.sum().item()

    return step


def fastest(makers):
    """The fastest of some ways to make the same step: the shortest of three, after a first one."""
    timed = []
    for make in makers:
        try:
            step = make()
            step()
        except Exception as error:
            print(f"One way of several fails: {error}", file=sys.stderr)
            continue
        times = []
        for _ in range(3):
            start = time.process_time()
            step()
            times.append(time.process_time() - start)
        timed.append((min(times), step))
    if not timed:
        return None
    return min(timed, key=lambda pair: pair[0])[1]


def prepare(name, tasks, method):
    """A step, or None where TorchJD lacks the method."""
    makers = {
        torchjd_step: TORCHJD,
        autogram_step: WEIGHTINGS,
        torchjd_three_step: TORCHJD_THREE,
        scalarizer_step: SCALARIZERS,
    }
    ways = [
        lambda make=make: make(name, tasks, method)
        for make, table in makers.items()
        if method in table
    ]
    if not ways:
        return None
    return ways[0]() if len(ways) == 1 else fastest(ways)
