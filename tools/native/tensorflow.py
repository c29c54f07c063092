"""Gets TensorFlow for tfjs-node: unpacks its own download, or builds against the pip wheel.

Needs nothing but the standard library of Python 3.10 or newer, pip, and for the wheel a C++
compiler. Commands:

  wheel WORK REQUIREMENTS PACKAGES TARGET   download the wheel into WORK and build from it
  unpack LIBRARY BINDING TARGET             unpack the two archives of tfjs-node's own download

PACKAGES is a node_modules folder with tfjs-node and node-api-headers. TARGET is the folder of the
package tfjs-node; the libraries come to deps/lib and the binding to lib/napi-v8, where tfjs-node
has them.

Lines on standard output that start with "progress " tell how far it is. A failure that the user
can act on is one sentence on standard error and the exit code 3.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

# The wheel, and what is unpacked from it.
NEEDED_BYTES = 1_300_000_000
LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")
# What the binding includes, and what that includes.
HEADERS = (
    "tensorflow/include/tensorflow/c/",
    "tensorflow/include/tensorflow/core/platform/ctstring",
    "tensorflow/include/tsl/platform/",
    "tensorflow/include/xla/tsl/",
)
# The wheel is chosen by platform alone, so that one checksum is enough.
WHEEL = [
    "--only-binary=:all:",
    "--platform=manylinux_2_27_x86_64",
    "--implementation=cp",
    "--python-version=3.12",
    "--abi=cp312",
]
NO_NETWORK = re.compile(
    "NewConnectionError|name resolution|ConnectTimeout|ConnectionError|ReadTimeout|ProxyError|"
    "No matching distribution|Could not find a version",
    re.IGNORECASE,
)


class Missing(Exception):
    """Something is missing; the text is the sentence for the user."""


def wheel(work: Path, requirements: Path, packages: Path, target: Path) -> None:
    compiler = find_compiler()
    require_space(work)
    print("progress downloading TensorFlow (274 MB)", flush=True)
    download(work, requirements)
    [archive] = work.glob("*.whl")
    print("progress unpacking (850 MB)", flush=True)
    unpack_wheel(archive, work)
    archive.unlink()
    libraries = target / "deps/lib"
    libraries.mkdir(parents=True)
    for name in LIBRARIES:
        os.replace(work / "tensorflow" / name, libraries / name)
    print("progress compiling the binding", flush=True)
    build(compiler, work / "tensorflow/include", packages, target)


def find_compiler() -> str:
    for name in (os.environ.get("CXX"), "c++", "g++", "clang++"):
        if name and shutil.which(name):
            return name
    raise Missing(
        "A C++ compiler is needed to build tfjs-node: install one "
        "(on Debian and Ubuntu: apt install g++)."
    )


def require_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise Missing(
            f"The disk is too full: TensorFlow needs {NEEDED_BYTES // 1_000_000} MB in {folder} "
            f"while it is unpacked, but {free // 1_000_000} MB are free."
        )


def download(work: Path, requirements: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-cache-dir", "--require-hashes", *WHEEL]
    command += ["--dest", str(work), "--requirement", str(requirements)]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if result.returncode == 0:
        return
    text = result.stdout + result.stderr
    if "No module named pip" in text:
        raise Missing(
            "pip is needed to fetch TensorFlow: install it "
            "(on Debian and Ubuntu: apt install python3-pip)."
        )
    if "No space left" in text or "Disk quota exceeded" in text:
        raise Missing(f"The disk is full: make {NEEDED_BYTES // 1_000_000} MB free and try again.")
    if "DO NOT MATCH" in text:
        raise Missing("The package index gave another TensorFlow than the one that was tested.")
    if NO_NETWORK.search(text):
        raise Missing(
            "TensorFlow cannot be fetched: the network or the Python package index cannot be "
            "reached (behind a mirror, set PIP_INDEX_URL)."
        )
    tail = "\n".join(text.strip().splitlines()[-8:])
    raise Missing(f"TensorFlow cannot be fetched; pip says:\n{tail}")


def unpack_wheel(archive: Path, work: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        wanted = tuple(f"tensorflow/{name}" for name in LIBRARIES)
        content.extractall(
            work,
            [name for name in content.namelist() if name in wanted or name.startswith(HEADERS)],
        )


def build(compiler: str, headers: Path, packages: Path, target: Path) -> None:
    package = (packages / "@tensorflow/tfjs-node").resolve()
    folder = target / "lib/napi-v8"
    folder.mkdir(parents=True)
    command = [compiler, "-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"]
    command += [f"-I{packages / 'node-api-headers/include'}", f"-I{headers}", f"-I{package}"]
    command += [str(package / "binding" / name) for name in ("tfjs_backend.cc", "tfjs_binding.cc")]
    command += ["-o", str(folder / "tfjs_binding.node"), f"-L{target / 'deps/lib'}"]
    command += [f"-l:{name}" for name in LIBRARIES]
    command += ["-Wl,-rpath,$ORIGIN/../../deps/lib"]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if result.returncode != 0:
        tail = "\n".join(result.stderr.strip().splitlines()[-8:])
        raise Missing(f"The binding of tfjs-node cannot be compiled; {compiler} says:\n{tail}")


def unpack(library: Path, binding: Path, target: Path) -> None:
    libraries = target / "deps/lib"
    libraries.mkdir(parents=True)
    with tarfile.open(library) as archive:
        members = [m for m in archive if Path(m.name).name.startswith("libtensorflow")]
        extract(archive, members, libraries)
    folder = target / "lib/napi-v8"
    folder.mkdir(parents=True)
    with tarfile.open(binding) as archive:
        members = [m for m in archive if Path(m.name).name == "tfjs_binding.node"]
        extract(archive, members, folder)
    if not (folder / "tfjs_binding.node").is_file() or not any(libraries.iterdir()):
        raise Missing("The download of tfjs-node does not hold what it should.")


def extract(archive: tarfile.TarFile, members: list, folder: Path) -> None:
    """Puts files and links into the folder, whatever folders they were in."""
    for member in members:
        path = folder / Path(member.name).name
        if member.issym():
            path.symlink_to(Path(member.linkname).name)
        elif member.isfile():
            with archive.extractfile(member) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)


def main(arguments: list[str]) -> int:
    commands = {"wheel": wheel, "unpack": unpack}
    name, *rest = arguments
    try:
        commands[name](*map(Path, rest))
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 3
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as problem:
        print(f"TensorFlow cannot be put in place: {problem}.", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
