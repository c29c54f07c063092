"""Times training steps in PyTorch: one JSON request a line in, one JSON answer a line out.

With the argument --gpu it computes on the graphics card, where PyTorch reaches one.
"""

import json
import math
import pathlib
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

# What the benchmarks share lies beside their folders; in the pack of bench gpu, beside this file.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from _networks import LeNet  # noqa: E402


class TwoDigits(nn.Module):
    """LeNet with two heads."""

    def __init__(self):
        super().__init__()
        self.trunk = LeNet()
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(50, 50), nn.ReLU(), nn.Linear(50, 10)) for _ in range(2)
        )

    def forward(self, x):
        features = self.trunk(x)
        return [head(features) for head in self.heads]


class Cnn(nn.Module):
    """Two 3 x 3 convolutions with pooling, and two dense layers, on 28 x 28 images."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 32, 3)
        self.second = nn.Conv2d(32, 64, 3)
        self.dense = nn.Linear(1600, 128)
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.first(x)), 2)
        x = F.max_pool2d(F.relu(self.second(x)), 2)
        return [self.out(F.relu(self.dense(x.flatten(1))))]


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
        )

    def forward(self, x):
        return [self.layers(x)]


class Separable(nn.Module):
    """Depthwise separable convolutions on 64 x 64 images."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.ReLU()]
        for inside, outside, stride in [(16, 32, 1), (32, 64, 2), (64, 64, 1)]:
            layers += [
                nn.Conv2d(inside, inside, 3, stride=stride, padding=1, groups=inside),
                nn.Conv2d(inside, outside, 1),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        return [self.out(self.layers(x).mean((2, 3)))]


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(28, 64, batch_first=True)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        return [self.out(self.cell(x)[0][:, -1])]


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, steps, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, steps, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.project(mixed.transpose(1, 2).reshape(batch, steps, width))
        return x + self.down(F.relu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    """Two transformer blocks of width 128 on 64 tokens."""

    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(64, 128), nn.Embedding(64, 128)
        self.blocks = nn.Sequential(Block(128, 4), Block(128, 4))
        self.norm, self.out = nn.LayerNorm(128), nn.Linear(128, 64)

    def forward(self, x):
        x = self.tokens(x) + self.places.weight
        return [self.out(self.norm(self.blocks(x))).flatten(0, 1)]


class Mmoe(nn.Module):
    """Multi-gate mixture of experts with two tasks, sized as for Census-Income (Adult)."""

    def __init__(self, experts=8, inputs=108):
        super().__init__()
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(inputs, 16), nn.ReLU()) for _ in range(experts)
        )
        self.gates = nn.ModuleList(nn.Linear(inputs, experts) for _ in range(2))
        self.towers = nn.ModuleList(
            nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 2)) for _ in range(2)
        )

    def forward(self, x):
        outputs = torch.stack([expert(x) for expert in self.experts], 1)
        mixed = [(F.softmax(gate(x), 1).unsqueeze(2) * outputs).sum(1) for gate in self.gates]
        return [tower(mix) for tower, mix in zip(self.towers, mixed)]


def classes(count, *shape):
    return torch.randint(0, count, shape)


MODELS = {
    "lenet": lambda: (TwoDigits(), torch.rand(128, 1, 36, 36), [classes(10, 128), classes(10, 128)]),
    "mlp": lambda: (Mlp(), torch.rand(128, 784), [classes(10, 128)]),
    "cnn": lambda: (Cnn(), torch.rand(128, 1, 28, 28), [classes(10, 128)]),
    "lstm": lambda: (Lstm(), torch.rand(64, 28, 28), [classes(10, 64)]),
    "gpt": lambda: (Gpt(), classes(64, 16, 64), [classes(64, 16 * 64)]),
    "separable": lambda: (Separable(), torch.rand(32, 3, 64, 64), [classes(10, 32)]),
    "mmoe": lambda: (Mmoe(), torch.rand(256, 108), [classes(2, 256), classes(2, 256)]),
}


GPU = "--gpu" in sys.argv and torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")


def about():
    card = torch.cuda.get_device_name() if GPU else "the processor"
    return {"version": torch.__version__, "cuda": torch.version.cuda or "", "device": card}


def prepare(name):
    torch.manual_seed(1)
    model, x, targets = MODELS[name]()
    model, x, targets = model.to(DEVICE), x.to(DEVICE), [t.to(DEVICE) for t in targets]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step():
        optimizer.zero_grad()
        loss = sum(F.cross_entropy(y, t) for y, t in zip(model(x), targets))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main():
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "about" in request:
            print(json.dumps(about()), flush=True)
            continue
        torch.set_num_threads(request["threads"])
        name = request["model"]
        if name not in prepared:
            prepared[name] = prepare(name)
            for _ in range(3):
                prepared[name]()
        clock = time.process_time if request.get("cpu") else time.perf_counter
        step, start, steps = prepared[name], clock(), 0
        while steps == 0 or clock() - start < request["seconds"]:
            loss = step()
            steps += 1
        milliseconds = (clock() - start) * 1000 / steps
        print(json.dumps({"ms": milliseconds, "finite": math.isfinite(loss)}), flush=True)


main()
