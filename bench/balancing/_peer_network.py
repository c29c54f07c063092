"""The networks of `model.ts` in PyTorch, with the optimizer that trains them."""

import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

# What the benchmarks share lies beside their folders.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from _networks import LeNet  # noqa: E402

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


def optimizer_of(trunk, heads, *others):
    modules = [trunk, heads, *others]
    return torch.optim.Adam([p for module in modules for p in module.parameters()], lr=1e-4)


def losses_of(trunk, heads, x, targets):
    features = trunk(x)
    return [F.cross_entropy(head(features), t) for head, t in zip(heads, targets)]


def equal(name, tasks):
    trunk, heads, x, targets = network(name, tasks)
    optimizer = optimizer_of(trunk, heads)

    def step():
        optimizer.zero_grad()
        total = sum(losses_of(trunk, heads, x, targets))
        total.backward()
        optimizer.step()
        return total.item()

    return step
