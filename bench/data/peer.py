"""Data sets loaded and batched with pandas, NumPy, pyarrow and librosa, timed on request.

Reads one JSON object a line: {"set", "what", "paths", "batchSize", "passes"}; "what" is "load", "batches" or, for the
generated table, "make" and "pass". Answers with {"seconds", "check"}: a sum that the other side must find too.
"""

import gzip
import io
import json
import re
import sys
import tarfile
import time

import librosa
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

ADULT = [
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
    "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
]
SPEAKERS = ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"]
FEATURES = 6
FRAMES = 64
BANDS = 40
loaded = {}


def read_idx(path, header):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)


def load_mnist(paths):
    images = [read_idx(path, 16).reshape(-1, 28, 28, 1) for path in (paths[0], paths[2])]
    labels = [read_idx(path, 8).astype(np.int32) for path in (paths[1], paths[3])]
    loaded["mnist"] = ({"image": images[0]}, {"digit": labels[0]})
    return int(sum(part.sum() for part in labels))


def load_adult(paths):
    options = {"names": ADULT, "skipinitialspace": True}
    table = pd.concat(
        [pd.read_csv(paths[0], **options), pd.read_csv(paths[1], skiprows=1, **options)], ignore_index=True
    )
    parts = [table[["age"]].astype(np.float32)]
    parts += [np.log1p(table[["capital-gain", "capital-loss"]]).astype(np.float32)]
    names = ["workclass", "occupation", "race", "sex", "native-country"]
    parts += [pd.get_dummies(table[names], dtype=np.float32)]
    features = np.ascontiguousarray(np.concatenate([part.to_numpy() for part in parts], axis=1))
    targets = {
        "income": table["income"].str.startswith(">").to_numpy(np.float32),
        "neverMarried": (table["marital-status"] == "Never-married").to_numpy(np.float32),
        "education": table["education-num"].to_numpy(np.float32),
        "hours": table["hours-per-week"].to_numpy(np.float32),
    }
    rows = 32561
    loaded["adult"] = ({"features": features[:rows]}, {name: values[:rows] for name, values in targets.items()})
    return float(features.sum(dtype=np.float64) + sum(values.sum(dtype=np.float64) for values in targets.values()))


def load_fsdd(paths):
    found = []
    with tarfile.open(paths[0]) as archive:
        for member in archive:
            name = re.search(r"recordings/(\d)_([a-z]+)_(\d+)\.wav$", member.name)
            if name:
                digit, speaker, index = name.groups()
                found.append((int(digit), SPEAKERS.index(speaker), int(index), archive.extractfile(member).read()))
    found.sort(key=lambda entry: entry[:3])
    features = np.full((len(found), FRAMES, BANDS), np.log(1e-6), dtype=np.float32)
    for at, (_, _, _, content) in enumerate(found):
        samples, rate = soundfile.read(io.BytesIO(content), dtype="float32")
        mel = librosa.feature.melspectrogram(
            y=samples, sr=rate, n_fft=256, hop_length=128, n_mels=BANDS, pad_mode="constant"
        )
        kept = np.log(mel + 1e-6).T[:FRAMES]
        features[at, : len(kept)] = kept
    train = np.array([entry[2] >= 5 for entry in found])
    features = (features - features[train].mean()) / features[train].std()
    digit = np.array([entry[0] for entry in found], dtype=np.int32)
    speaker = np.array([entry[1] for entry in found], dtype=np.int32)
    targets = {"digit": digit[train], "speaker": speaker[train]}
    loaded["fsdd"] = ({"features": features[train]}, targets)
    return float(np.abs(features[train]).sum(dtype=np.float64))


def batches(name, size, random):
    inputs, targets = loaded[name]
    rows = len(next(iter(inputs.values())))
    order = random.permutation(rows)
    total = 0.0
    for start in range(0, rows, size):
        at = order[start : start + size]
        batch = {key: values[at] for key, values in inputs.items()}
        for key, values in batch.items():
            if values.dtype == np.uint8:
                batch[key] = values.astype(np.float32) / np.float32(255)
        labels = {key: values[at] for key, values in targets.items()}
        total += len(next(iter(labels.values())))
    return total


def make_table(path, rows):
    random = np.random.default_rng(1)
    block = 500_000
    writer = None
    for start in range(0, rows, block):
        count = min(block, rows - start)
        x = random.standard_normal((count, FEATURES), dtype=np.float32)
        noise = random.standard_normal(count, dtype=np.float32)
        columns = {f"x{k}": x[:, k] for k in range(FEATURES)}
        columns["total"] = x.sum(axis=1) + np.float32(0.1) * noise
        columns["positive"] = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=131_072)
    writer.close()
    return rows


def pass_table(path, size, random):
    names = [f"x{k}" for k in range(FEATURES)]
    total = 0
    for block in pq.ParquetFile(path).iter_batches(131_072, columns=names + ["total", "positive"]):
        x = np.column_stack([block.column(name).to_numpy() for name in names])
        y = [block.column(name).to_numpy() for name in ("total", "positive")]
        order = random.permutation(len(x))
        for start in range(0, len(x), size):
            at = order[start : start + size]
            batch = x[at], [values[at] for values in y]
            total += len(batch[0])
    return total


def answer(question):
    name, what, paths = question["set"], question["what"], question["paths"]
    random = np.random.default_rng(7)
    if what == "make":
        return make_table(paths[0], question["rows"])
    if what == "pass":
        return pass_table(paths[0], question["batchSize"], random)
    if what == "batches":
        return sum(batches(name, question["batchSize"], random) for _ in range(question["passes"]))
    return {"mnist": load_mnist, "adult": load_adult, "fsdd": load_fsdd}[name](paths)


# What librosa compiles at its first call is no part of the time.
librosa.feature.melspectrogram(y=np.zeros(4096, dtype=np.float32), sr=8000, n_fft=256, hop_length=128, n_mels=BANDS)
for line in sys.stdin:
    asked = json.loads(line)
    started = time.perf_counter()
    check = answer(asked)
    print(json.dumps({"seconds": time.perf_counter() - started, "check": check}), flush=True)
