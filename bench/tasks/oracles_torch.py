"""Writes tests/oracles/layers_torch.json and losses_torch.json: layers and losses of PyTorch in float64.

Run in the Python environment of the benchmarks: python bench/tasks/oracles_torch.py
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(20260103)
batch, time, inputs, units = 2, 5, 3, 4
lengths = torch.tensor([5, 3])


def filled(module):
    """The module with weights of few digits: the same in the file and in memory."""
    for parameter in module.parameters():
        parameter.data = (torch.randn_like(parameter) * 0.5).round(decimals=3)
    return module


def numbers(*shape):
    return torch.randn(shape).round(decimals=3)


def columns(weights):
    return weights.detach().T.contiguous().flatten().tolist()


def padded(x):
    x = x.clone()
    x[1, 3:] = 0
    return x


def case(name, x, y, weights, **more):
    return {
        "name": name,
        "shape": list(x.shape[1:]),
        "input": x.flatten().tolist(),
        "weights": weights,
        "output": y.detach().flatten().tolist(),
        **more,
    }


def recurrent(kind, make, masked):
    module = filled(make(inputs, units, batch_first=True, bidirectional=True))
    x = padded(numbers(batch, time, inputs)) if masked else numbers(batch, time, inputs)
    if masked:
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(module(packed)[0], batch_first=True)
    else:
        y = module(x)[0]
    weights = []
    for end in ("", "_reverse"):
        get = lambda part: getattr(module, f"{part}_l0{end}").detach()
        weights += [columns(get("weight_ih")), columns(get("weight_hh"))]
        if kind == "lstm":
            weights.append((get("bias_ih") + get("bias_hh")).tolist())
        else:
            weights += [get("bias_ih").tolist(), get("bias_hh").tolist()]
    return case(kind, x, y, weights, maskZeros=masked)


def attention(masked):
    width, heads = 8, 2
    module = filled(torch.nn.MultiheadAttention(width, heads, batch_first=True))
    x = numbers(batch, time, width)
    if masked:
        x = padded(x)
    mask = torch.arange(time)[None, :] >= lengths[:, None] if masked else None
    y = module(x, x, x, key_padding_mask=mask, need_weights=False)[0]
    if masked:
        y = padded(y)
    weights = [
        columns(module.in_proj_weight),
        module.in_proj_bias.tolist(),
        columns(module.out_proj.weight),
        module.out_proj.bias.tolist(),
    ]
    return case("selfAttention", x, y, weights, heads=heads, maskZeros=masked)


def layer_norm():
    module = filled(torch.nn.LayerNorm(units))
    x = numbers(batch, time, units)
    return case("layerNorm", x, module(x), [module.weight.tolist(), module.bias.tolist()])


def group_norm():
    module = filled(torch.nn.GroupNorm(2, 6))
    x = numbers(batch, 3, 2, 6)
    y = module(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    return case("groupNorm", x, y, [module.weight.tolist(), module.bias.tolist()], groups=2)


def transposed():
    module = filled(torch.nn.ConvTranspose2d(3, 2, 4, stride=2, padding=1))
    x = numbers(batch, 3, 2, 3)
    y = module(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    # PyTorch has [in, out, height, width].
    kernel = module.weight.detach().permute(2, 3, 1, 0).flatten().tolist()
    return case(
        "transposedConv2d", x, y, [kernel, module.bias.tolist()], filters=2, kernel=4, stride=2
    )


def separable():
    depth = filled(torch.nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False))
    mixing = filled(torch.nn.Conv2d(3, 4, 1))
    x = numbers(batch, 4, 5, 3)
    y = mixing(depth(x.permute(0, 3, 1, 2))).permute(0, 2, 3, 1)
    weights = [
        depth.weight.detach().permute(2, 3, 0, 1).flatten().tolist(),
        mixing.weight.detach().permute(2, 3, 1, 0).flatten().tolist(),
        mixing.bias.tolist(),
    ]
    return case("separableConv2d", x, y, weights, filters=4, kernel=3)


cases = [
    recurrent("lstm", torch.nn.LSTM, False),
    recurrent("lstm", torch.nn.LSTM, True),
    recurrent("gru", torch.nn.GRU, False),
    recurrent("gru", torch.nn.GRU, True),
    attention(False),
    attention(True),
    layer_norm(),
    group_norm(),
    transposed(),
    separable(),
]
out = pathlib.Path(__file__).parents[2] / "tests" / "oracles" / "layers_torch.json"
source = f"PyTorch {torch.__version__}, bench/tasks/oracles_torch.py"
out.write_text(json.dumps({"source": source, "cases": cases}, indent=1) + "\n")
print(f"{len(cases)} cases written to {out}")


def ctc(name, batch, frames, classes, texts):
    logits = numbers(batch, frames, classes).requires_grad_()
    blank = classes - 1
    flat = torch.tensor([symbol for text in texts for symbol in text])
    losses = torch.nn.functional.ctc_loss(
        logits.log_softmax(2).transpose(0, 1),
        flat,
        torch.full((batch,), frames),
        torch.tensor([len(text) for text in texts]),
        blank=blank,
        reduction="none",
    )
    losses.sum().backward()
    return {
        "name": name,
        "classes": classes,
        "texts": texts,
        "logits": logits.tolist(),
        "losses": losses.tolist(),
        "gradient": logits.grad.flatten().tolist(),
    }


outputs, targets = numbers(4, 6), numbers(4, 3)
mean, variance = outputs[:, :3], outputs[:, 3:].exp()
functional = torch.nn.functional
losses = {
    "source": source,
    "ctc": [
        ctc("short", 3, 6, 4, [[0, 1], [2, 2], [1]]),
        ctc("longer", 2, 24, 6, [[0, 1, 1, 2, 4, 4, 3], [3, 3, 0]]),
        ctc("empty text", 2, 5, 3, [[], [0, 0, 1]]),
    ],
    "regression": {
        "outputs": outputs.tolist(),
        "targets": targets.tolist(),
        "huber": functional.huber_loss(mean, targets, reduction="none", delta=0.7).mean(1).tolist(),
        "smoothL1": functional.smooth_l1_loss(mean, targets, reduction="none", beta=0.3)
        .mean(1)
        .tolist(),
        "gaussian": functional.gaussian_nll_loss(mean, targets, variance, reduction="none")
        .mean(1)
        .tolist(),
    },
}
(out.parent / "losses_torch.json").write_text(json.dumps(losses, indent=1) + "\n")
