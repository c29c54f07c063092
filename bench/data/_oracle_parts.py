"""Reading files and writing parts for oracles.py."""

import gzip
import hashlib
import io
import lzma
import pathlib
import sys

import numpy
import pandas

DATA = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
parts = []


def read(name):
    """The bytes of a file, unpacked."""
    for ending, unpack in (("", bytes), (".gz", gzip.decompress), (".xz", lzma.decompress)):
        path = DATA / (name + ending)
        if path.exists():
            return unpack(path.read_bytes())
    raise FileNotFoundError(name)


def text_of(name):
    raw = read(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # As web browsers do, with C1 signs where the code page has none.
        return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in raw)


def table(name, **options):
    text = io.StringIO(text_of(name))
    return pandas.read_csv(text, **options)


def plain(value):
    """A number as JSON has it: whole ones without a point; nothing where it is missing."""
    if isinstance(value, str):
        return value
    value = float(value)
    if numpy.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def some(count):
    return [0, count // 2, count - 1]


def add(name, part, rows, ranges, example):
    parts.append({
        "set": name,
        "part": part,
        "rows": rows,
        "ranges": {key: [plain(low), plain(high)] for key, (low, high) in ranges.items()},
        "examples": [{"row": at, **example(at)} for at in some(rows)],
    })


def add_table(name, part, features, targets):
    """features: name -> numbers or categories; targets: name -> numbers or names of classes."""
    rows = len(next(iter(features.values())))
    both = {**features, **targets}
    numbers = {key: values for key, values in both.items() if not isinstance(values[0], str)}
    ranges = {
        key: (numpy.nanmin(values), numpy.nanmax(values))
        for key, values in ((key, numpy.asarray(values, float)) for key, values in numbers.items())
        if not numpy.isnan(values).all()
    }

    def example(at):
        input = {}
        for key, values in features.items():
            if isinstance(values[at], str):
                input[f"{key}={values[at]}"] = 1
            elif values[at] != 0:
                input[key] = plain(values[at])
        row = {key: plain(values[at]) for key, values in targets.items()}
        return {"input": input, "targets": row}

    add(name, part, rows, ranges, example)


def add_images(name, part, images, targets, low_high=None):
    """images: bytes of one row each, as the loader has them."""
    bytes_of = [numpy.ascontiguousarray(image, numpy.uint8) for image in images]
    ranges = {"input": (min(int(i.min()) for i in bytes_of), max(int(i.max()) for i in bytes_of))}

    def example(at):
        sha256 = hashlib.sha256(bytes_of[at].tobytes()).hexdigest()
        return {"input": sha256, "targets": {key: plain(v[at]) for key, v in targets.items()}}

    add(name, part, len(images), ranges, example)


def add_texts(name, part, texts, targets, known=None):
    """texts: lists of words; targets: name -> for each text a label, or a list of labels.

    With the words of a vocabulary as `known` only a checksum of the first hundred words is written.
    """
    lengths = [len(text) for text in texts]

    def words(at):
        lower = [word.lower() for word in texts[at]]
        if known is None:
            return lower
        first = [word if word in known else "<unknown>" for word in lower[:100]]
        return hashlib.sha256(" ".join(first).encode()).hexdigest()

    def example(at):
        return {
            "input": words(at),
            "targets": {
                key: values[at] if isinstance(values[at], list) else plain(values[at])
                for key, values in targets.items()
            },
        }

    add(name, part, len(texts), {"words": (min(lengths), max(lengths))}, example)


def numbers(frame, *names):
    return {name: frame[name].tolist() for name in names}
