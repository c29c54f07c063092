"""Packs the GPU benchmark: pack.py TARGET DENO FOLDER PEER, FOLDER holding gpu.js."""

import os
import sys
import tarfile
from pathlib import Path

# Debian's and Fedora's places of the Vulkan loader, which bare machines often lack.
LOADERS = ("/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib64/libvulkan.so.1")


def main(target: str, deno: str, folder: str, peer: str) -> None:
    here = Path(__file__).parent
    members = {
        "run": here / "run.sh",
        "deno": Path(deno),
        "gpu.js": Path(folder) / "gpu.js",
        "peer.py": Path(peer),
        "_networks.py": here.parent / "_networks.py",
    }
    loader = next((path for path in map(Path, LOADERS) if path.exists()), None)
    if loader:
        members["lib/libvulkan.so.1"] = loader.resolve()
    else:
        print("No Vulkan loader here to pack along: the other machine must have one.")
    draft = f"{target}.draft"
    try:
        with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
            for name, path in members.items():
                entry = archive.gettarinfo(str(path.resolve()), f"polytask-gpu/{name}")
                entry.uid = entry.gid = 0
                entry.uname = entry.gname = ""
                entry.mode = 0o755
                with path.open("rb") as source:
                    archive.addfile(entry, source)
        os.replace(draft, target)
    finally:
        Path(draft).unlink(missing_ok=True)


main(*sys.argv[1:])
