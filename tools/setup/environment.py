"""Makes the Python environment of the course and the lasting copy of Deno.

Needs nothing but the standard library of Python 3.10 or newer. Commands:

  probe                                 is this Python fit to make an environment?
  link SOURCE TARGET                    put a lasting copy of a binary at TARGET
  make FOLDER REQUIREMENTS              make the environment; nothing half-made is left behind

Lines on standard output that start with "progress " tell how far it is. A failure that the user
can act on is one sentence on standard error and the exit code 3.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 10)
# The finished environment takes 240 MB; pip unpacks beside it.
NEEDED_BYTES = 600_000_000
CONSOLE = re.compile(r"^\s*(?:Collecting|Using cached|Downloading|\+) *([A-Za-z0-9_.-]+)")
NO_NETWORK = re.compile(
    "NewConnectionError|name resolution|ConnectTimeout|ConnectionError|ReadTimeout|ProxyError|"
    "No matching distribution|Could not find a version|dns error|error sending request|"
    "Failed to fetch|Connection refused",
    re.IGNORECASE,
)


class Missing(Exception):
    """Something is missing; the text is the sentence for the user."""


def probe() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Missing(f"Python 3.10 or newer is needed, but python3 is Python {found}.")
    if shutil.which("uv"):
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise Missing(
            "Python has no venv module: install it "
            f"(on Debian and Ubuntu: apt install {name}), or install uv."
        ) from None


def link(source: Path, target: Path) -> None:
    """A hard link costs no space and outlives the original; across disks it has to be a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    source = source.resolve()
    try:
        try:
            os.link(source, temporary)
        except OSError:
            require_space(target.parent, source.stat().st_size)
            shutil.copy2(source, temporary)
        temporary.chmod(0o755)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Missing(
            f"The disk is too full: set-up needs {needed // 1_000_000} MB in {folder}, "
            f"but {free // 1_000_000} MB are free."
        )


def make(folder: Path, requirements: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    require_space(folder.parent, NEEDED_BYTES)
    # An environment cannot be moved after it is made, so it is made in place; the stamp that
    # set-up writes after it is what says that it is whole.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        install(folder, requirements)
        verify(folder)
        write_lab_settings(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(folder: Path, requirements: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        installer = [uv, "pip", "install", "--python", str(interpreter(folder))]
    else:
        run([sys.executable, "-m", "venv", str(folder)])
        installer = [str(interpreter(folder)), "-I", "-m", "pip", "install"]
        installer += ["--no-input", "--disable-pip-version-check"]
    lines = requirements.read_text(encoding="utf-8").splitlines()
    total = sum(1 for line in lines if line and not line.startswith("#"))
    run([*installer, "-r", str(requirements)], total)


def run(command: list[str], total: int = 0) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
    )
    output = []
    seen = set()
    for line in process.stdout:
        output.append(line.rstrip())
        package = CONSOLE.match(line)
        if package and line.lstrip().startswith(("Collecting", "+")):
            seen.add(package[1])
            print(f"progress package {len(seen)} of up to {total}", flush=True)
        elif line.startswith("Installing collected"):
            print("progress unpacking", flush=True)
    if process.wait() == 0:
        return
    text = "\n".join(output)
    if "No space left" in text or "Disk quota exceeded" in text:
        raise Missing("The disk is full: make about 600 MB free and try again.")
    if NO_NETWORK.search(text):
        raise Missing(
            "The Python packages cannot be fetched: the network or the package index cannot be "
            "reached (behind a mirror, set PIP_INDEX_URL, or UV_INDEX_URL for uv)."
        )
    tail = "\n".join(output[-15:])
    raise Missing(f"The Python environment cannot be made: {Path(command[0]).name} says:\n{tail}")


def verify(folder: Path) -> None:
    code = "import jupyterlab, nbclient, nbconvert, jupyter_client, nbformat"
    result = subprocess.run(
        [str(interpreter(folder)), "-I", "-c", code], capture_output=True, text=True
    )
    if result.returncode != 0:
        raise Missing(f"The Python environment does not work:\n{result.stderr.strip()}")


def write_lab_settings(folder: Path) -> None:
    """JupyterLab asks the network for news and updates unless told otherwise."""
    settings = folder / "share/jupyter/lab/settings/overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    overrides = {
        "@jupyterlab/apputils-extension:notification": {
            "checkForUpdates": False,
            "fetchNews": "false",
        }
    }
    settings.write_text(json.dumps(overrides, indent=2) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    commands = {"probe": probe, "link": link, "make": make}
    name, *rest = arguments
    try:
        commands[name](*map(Path, rest))
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 3
    except OSError as problem:
        print(f"Set-up failed: {problem}.", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
