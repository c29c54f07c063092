"""The sets of images, sound and texts; see oracles.py."""

import gzip
import hashlib
import io
import json
import re
import tarfile
import unicodedata

import numpy
import soundfile

from _oracle_parts import DATA, add, add_images, add_texts, read, text_of

# Images and sound.

for name, label in (("mnist", "digit"), ("fashion-mnist", "garment")):
    for part, file in (("train", "train"), ("test", "t10k")):
        # The stored file is the official one and is packed itself.
        pixels = gzip.decompress((DATA / f"{name}/{file}-images-idx3-ubyte.gz").read_bytes())
        labels = gzip.decompress((DATA / f"{name}/{file}-labels-idx1-ubyte.gz").read_bytes())
        images = numpy.frombuffer(pixels, numpy.uint8, offset=16).reshape(-1, 784)
        add_images(name, part, images, {label: numpy.frombuffer(labels, numpy.uint8, offset=8)})

for part, ending in (("train", "tra"), ("test", "tes")):
    raw = io.BytesIO(read(f"optdigits/optdigits.{ending}"))
    values = numpy.loadtxt(raw, delimiter=",", dtype=int)
    digit = values[:, 64]
    add_images(
        "optdigits",
        part,
        values[:, :64],
        {
            "digit": digit,
            "loop": numpy.isin(digit, [0, 6, 8, 9]),
            "ink": values[:, :64].sum(1) / 16 / 64,
        },
    )

for part, count in (("train", 5000), ("test", 1000)):
    raw = read(f"cifar10-jpg/cifar10-from-jpg-{part}-{count}.bin")
    rows = numpy.frombuffer(raw, numpy.uint8).reshape(-1, 3073)
    images = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    names = "airplane automobile bird cat deer dog frog horse ship truck".split()
    add_images(
        "cifar10-jpg",
        part,
        images,
        {
            "object": [names[label] for label in rows[:, 0]],
            "animal": [int(label not in (0, 1, 8, 9)) for label in rows[:, 0]],
        },
    )

spoken = []
archive = gzip.decompress((DATA / "fsdd/recordings.tar.gz").read_bytes())
with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
    for member in tar.getmembers():
        found = re.search(r"([0-9])_([a-z]+)_([0-9]+)\.wav$", member.name)
        if found:
            wave = io.BytesIO(tar.extractfile(member).read())
            samples, rate = soundfile.read(wave, dtype="int16")
            spoken.append((int(found[1]), found[2], int(found[3]), samples))
spoken.sort(key=lambda one: one[:3])
add(
    "fsdd",
    "all",
    len(spoken),
    {
        "samples": (min(len(s) for *_, s in spoken), max(len(s) for *_, s in spoken)),
        "input": (min(int(s.min()) for *_, s in spoken), max(int(s.max()) for *_, s in spoken)),
    },
    lambda at: {
        "input": hashlib.sha256(spoken[at][3].astype("<i2").tobytes()).hexdigest(),
        "targets": {"digit": spoken[at][0], "speaker": spoken[at][1]},
    },
)

# Texts.

for part, file in (("train", "train"), ("validation", "dev"), ("test", "test")):
    sentences = []
    for block in text_of(f"ud-english-ewt/en_ewt-ud-{file}.conllu").strip().split("\n\n"):
        lines = block.split("\n")
        genre = re.search(r"^# sent_id = ([^-]+)-", block, re.M)[1]
        words = [line.split("\t") for line in lines if re.match(r"[0-9]+\t", line)]
        sentences.append((genre, words))
    add_texts(
        "ud-english-ewt",
        part,
        [[word[1] for word in words] for _, words in sentences],
        {
            "partOfSpeech": [[word[3] for word in words] for _, words in sentences],
            "relation": [[word[7] for word in words] for _, words in sentences],
            "head": [[int(word[6]) for word in words] for _, words in sentences],
            "genre": [genre for genre, _ in sentences],
        },
    )


def shape(word):
    if re.match(r"(https?://|www\.)", word, re.I):
        return "address"
    if re.match(r"@[A-Za-z0-9_]", word):
        return "mention"
    if re.match(r"#[A-Za-z0-9_]", word):
        return "hashtag"
    return "capitalised" if unicodedata.category(word[0]) == "Lu" else "other"


for part, file in (
    ("train", "wnut17train.conll"),
    ("validation", "emerging.dev.conll"),
    ("test", "emerging.test.annotated"),
):
    texts, now = [], []
    for line in [*text_of(f"wnut17/{file}").split("\n"), ""]:
        if line.strip():
            now.append(re.split(r"[\t]", line.strip("\r")))
        elif now:
            texts.append(now)
            now = []
    add_texts(
        "wnut17",
        part,
        [[word for word, *_ in text] for text in texts],
        {
            "entity": [[tag.strip() for _, tag in text] for text in texts],
            "segment": [[tag.strip()[0] for _, tag in text] for text in texts],
            "shape": [[shape(word) for word, *_ in text] for text in texts],
        },
    )


def is_letter(sign):
    return unicodedata.category(sign)[0] in "LNM"


def joins(text, at):
    """Whether an apostrophe here has a letter behind it."""
    return text[at] in "'’" and at + 1 < len(text) and is_letter(text[at + 1])


def tokenize(text):
    tokens, at = [], 0
    while at < len(text):
        end = at
        while end < len(text) and (is_letter(text[end]) or end > at and joins(text, end)):
            end += 1
        if end > at:
            tokens.append(text[at:end])
        elif not text[at].isspace():
            tokens.append(text[at])
            end = at + 1
        at = max(end, at + 1)
    return tokens


INTENTS = (
    "AddToPlaylist BookRestaurant GetWeather PlayMusic RateBook SearchCreativeWork "
    "SearchScreeningEvent"
).split()
for part, pattern in (("train", "train_{}_full"), ("test", "validate_{}")):
    commands = []
    for intent in INTENTS:
        for command in json.loads(text_of(f"snips-nlu/{pattern.format(intent)}.json"))[intent]:
            words, slots = [], []
            for piece in command["data"]:
                for place, word in enumerate(tokenize(piece["text"])):
                    words.append(word)
                    kind = piece.get("entity")
                    slots.append("O" if kind is None else f"{'B' if place == 0 else 'I'}-{kind}")
            commands.append((intent, words, slots))
    add_texts(
        "snips-nlu",
        part,
        [words for _, words, _ in commands],
        {"intent": [intent for intent, *_ in commands], "slots": [slots for *_, slots in commands]},
    )

DOMAINS = (
    "apparel baby books camera_photo dvd electronics health_personal_care imdb kitchen_housewares "
    "magazines MR music software sports_outdoors toys_games video"
).split()
for part in ("train", "test"):
    reviews = []
    for domain in DOMAINS:
        for line in text_of(f"fdu-mtl/{domain}.task.{part}").split("\n"):
            if line.strip():
                label, review = line.split("\t", 1)
                reviews.append((int(label), domain, review.split()))
    if part == "train":
        known = {word.lower() for *_, words in reviews for word in words}
    add_texts(
        "fdu-mtl",
        part,
        [words for *_, words in reviews],
        {
            "sentiment": [label for label, *_ in reviews],
            "domain": [domain for _, domain, _ in reviews],
        },
        known=known,  # For research only: not to be passed on, not even three of them.
    )
