"""The sets that are tables; see oracles.py."""

import csv
import io
import re

import numpy
import scipy.io

from _oracle_parts import add, add_table, numbers, plain, read, table, text_of

columns = (
    "age workclass fnlwgt education education-num marital-status occupation relationship race sex "
    "capital-gain capital-loss hours-per-week native-country income"
).split()
for part, name, skip in (("train", "adult/adult.data", 0), ("test", "adult/adult.test", 1)):
    frame = table(name, names=columns, skipinitialspace=True, skiprows=skip, keep_default_na=False)
    categories = ["workclass", "occupation", "race", "sex", "native-country"]
    add_table(
        "adult",
        part,
        {
            "age": frame["age"].tolist(),
            "log capital gain": numpy.log1p(frame["capital-gain"]).tolist(),
            "log capital loss": numpy.log1p(frame["capital-loss"]).tolist(),
            **{key: frame[key].replace("?", "missing").tolist() for key in categories},
        },
        {
            "income": frame["income"].str.startswith(">").astype(int).tolist(),
            "neverMarried": (frame["marital-status"] == "Never-married").astype(int).tolist(),
            "education": frame["education-num"].tolist(),
            "hours": frame["hours-per-week"].tolist(),
        },
    )

cells = scipy.io.loadmat(io.BytesIO(read("school/school.mat")))
inputs = numpy.vstack([x for x in cells["X"].flat])[:, :27]
scores = numpy.vstack([y for y in cells["Y"].flat]).ravel()
add_table(
    "school",
    "all",
    {str(at): inputs[:, at].tolist() for at in range(27)},
    {"score": scores.tolist()},
)

matrix = scipy.io.loadmat(io.BytesIO(read("sarcos/sarcos_inv_test.mat")))["sarcos_inv_test"]
kinds = ("position", "velocity", "acceleration")
motions = [f"{kind} {joint}" for kind in kinds for joint in range(1, 8)]
add_table(
    "sarcos",
    "all",
    {name: matrix[:, at].tolist() for at, name in enumerate(motions)},
    {f"torque{joint + 1}": matrix[:, 21 + joint].tolist() for joint in range(7)},
)


def unquoted(name):
    return re.sub(r"^(['\"])(.*)\1$", r"\2", name)


def arff(name):
    """Attributes (name, categories or None) and columns of an ARFF file."""
    attributes, rows, in_data = [], [], False
    for line in text_of(name).splitlines():
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        if in_data:
            rows.append(next(csv.reader([line], quotechar="'", skipinitialspace=True)))
        elif line.lower().startswith("@data"):
            in_data = True
        elif line.lower().startswith("@attribute"):
            found = re.match(r"@attribute\s+('[^']*'|\"[^\"]*\"|\S+)\s+(.*)", line, re.I)
            kind = found[2].strip()
            nominal = [each.strip() for each in kind[1:-1].split(",")] if kind[0] == "{" else None
            attributes.append((unquoted(unquoted(found[1])), nominal))
    return attributes, list(map(list, zip(*rows)))


def arff_columns(attributes, values):
    return {
        name: [text.strip() for text in column] if nominal else [
            float("nan") if text.strip() == "?" else float(text) for text in column
        ]
        for (name, nominal), column in zip(attributes, values)
    }


TARGETS = {
    "andro": 6, "atp1d": 6, "edm": 2, "enb": 2, "jura": 3, "oes10": 16, "oes97": 16, "sf1": 3,
    "sf2": 3, "slump": 3, "wq": 14,
}
for name, count in TARGETS.items():
    attributes, values = arff(f"mulan-multi-target/{name}.arff")
    named = [
        (f"taxon {key}" if key.isdigit() else key, nominal) for key, nominal in attributes[-count:]
    ]
    add_table(
        f"mulan-multi-target/{name}",
        "all",
        arff_columns(attributes[:-count], values[:-count]),
        arff_columns(named, values[-count:]),
    )

for name in ("emotions", "flags", "scene", "yeast"):
    labels = re.findall(r'<label\s+name="([^"]+)"', text_of(f"mulan-multi-label/{name}.xml"))
    for part in ("train", "test"):
        attributes, values = arff(f"mulan-multi-label/{name}-{part}.arff")
        everything = arff_columns(attributes, values)
        add_table(
            f"mulan-multi-label/{name}",
            part,
            {key: column for key, column in everything.items() if key not in labels},
            {label: [int(text) for text in everything[label]] for label in labels},
        )

frame = table("parkinsons-telemonitoring/parkinsons_updrs.data", sep="\t")
renamed = {"motor_UPDRS": "motorUpdrs", "total_UPDRS": "totalUpdrs", "sex": "sex"}
add_table(
    "parkinsons-telemonitoring",
    "all",
    numbers(frame, *[key for key in frame if key not in [*renamed, "subject#"]]),
    {new: frame[old].tolist() for old, new in renamed.items()},
)

voice = (
    "jitter local,jitter local absolute,jitter rap,jitter ppq5,jitter ddp,shimmer local,"
    "shimmer local dB,shimmer apq3,shimmer apq5,shimmer apq11,shimmer dda,autocorrelation,"
    "noise to harmonics,harmonics to noise,median pitch,mean pitch,deviation of pitch,lowest pitch,"
    "highest pitch,number of pulses,number of periods,mean period,deviation of period,"
    "share of unvoiced frames,number of voice breaks,degree of voice breaks"
).split(",")
kinds = (
    [f"vowel {vowel}" for vowel in "aou"] + [f"number {at}" for at in range(1, 11)]
    + [f"sentence {at}" for at in range(1, 5)] + [f"word {at}" for at in range(1, 10)]
)
for part, name, own in (
    ("train", "parkinson-speech/train_data.txt", ["updrs", "class"]),
    ("test", "parkinson-speech/test_data.txt", ["class"]),
):
    frame = table(name, names=["person", *voice, *own])
    missing = [float("nan")] * len(frame)
    train = part == "train"
    add_table(
        "parkinson-speech",
        part,
        numbers(frame, *voice),
        {
            "updrs": frame["updrs"].tolist() if train else missing,
            "hasParkinsons": frame["class"].tolist(),
            "recording": [kinds[at % 26] for at in range(len(frame))] if train else missing,
        },
    )

for course, file in (("maths", "student-mat"), ("portuguese", "student-por")):
    frame = table(f"student-performance/{file}.csv", sep=";", keep_default_na=False)
    grades = {"firstGrade": "G1", "secondGrade": "G2", "finalGrade": "G3"}
    add_table(
        "student-performance",
        course,
        {key: frame[key].tolist() for key in frame if key not in grades.values()},
        {
            **{new: frame[old].tolist() for new, old in grades.items()},
            "pass": (frame["G3"] >= 10).astype(int).tolist(),
        },
    )

plant = [
    "lever position", "ship speed (knots)", "gas turbine shaft torque (kN m)",
    "gas turbine rate of revolutions (rpm)", "gas generator rate of revolutions (rpm)",
    "starboard propeller torque (kN)", "port propeller torque (kN)",
    "high pressure turbine exit temperature (C)", "compressor inlet air temperature (C)",
    "compressor outlet air temperature (C)", "high pressure turbine exit pressure (bar)",
    "compressor inlet air pressure (bar)", "compressor outlet air pressure (bar)",
    "exhaust gas pressure (bar)", "turbine injection control (%)", "fuel flow (kg/s)",
]
frame = table(
    "naval-propulsion/CBM_data.txt",
    names=["empty", *plant, "compressorDecay", "turbineDecay"],
)
add_table(
    "naval-propulsion",
    "all",
    numbers(frame, *plant),
    numbers(frame, "compressorDecay", "turbineDecay"),
)

nodes = [f"{name}{node}" for name in ("tau", "p", "g") for node in range(1, 5)]
frame = table("grid-stability/grid_stability.csv", names=[*nodes, "stab", "stabf"])
add_table(
    "grid-stability",
    "all",
    numbers(frame, *nodes),
    {
        "stability": frame["stab"].tolist(),
        "unstable": (frame["stabf"] == "unstable").astype(int).tolist(),
    },
)

frame = table("palmerpenguins/penguins.csv")
measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]
frame = frame.dropna(subset=measures)
add_table(
    "palmerpenguins",
    "all",
    numbers(frame, *measures),
    {
        "species": frame["species"].tolist(),
        "sex": frame["sex"].map({"female": 0, "male": 1}).tolist(),
        "island": frame["island"].tolist(),
        "bodyMass": frame["body_mass_g"].tolist(),
    },
)

frame = table("crabs/crabs.dat", sep=r"\s+")
add_table(
    "crabs",
    "all",
    numbers(frame, "FL", "RW", "CL", "CW", "BD"),
    {
        "species": (frame["sp"] == "O").astype(int).tolist(),
        "sex": (frame["sex"] == "M").astype(int).tolist(),
    },
)

ratings = table("movielens-latest-small/ratings.csv").sort_values("timestamp", kind="stable")
movies = table("movielens-latest-small/movies.csv").set_index("movieId")
films = movies.loc[ratings["movieId"]]


def rating(at):
    stars = float(ratings["rating"].iloc[at])
    return {
        "input": {
            "user": int(ratings["userId"].iloc[at]) - 1,
            "film": films["title"].iloc[at],
            "genres": sorted(films["genres"].iloc[at].split("|")),
        },
        "targets": {"seen": 1, "liked": int(stars >= 4), "rating": plain(stars)},
    }


add(
    "movielens-latest-small",
    "all",
    len(ratings),
    {
        "user": (0, ratings["userId"].max() - 1),
        "rating": (ratings["rating"].min(), ratings["rating"].max()),
    },
    rating,
)
