"""What both peers do alike: one JSON request a line in, one timed answer a line out."""

import contextlib
import json
import sys
import time

import torch


def serve(build):
    """Answers requests. `build(request)` gives a model and a function that computes its loss."""
    for line in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            result = _answer(json.loads(line), build)
        print(json.dumps(result), flush=True)


def _answer(request, build):
    torch.set_num_threads(request["threads"])
    model, loss_of = build(request)
    # All parameters: trunk, experts and gates, and the heads.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(3):
        step()
    times = []
    end = time.perf_counter() + request["seconds"]
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return {"ms": times[len(times) // 2], "parameters": sum(p.numel() for p in model.parameters())}
