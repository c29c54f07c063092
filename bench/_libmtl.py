"""Makes parts of LibMTL importable: import this first.

LibMTL's faces import parts of torchvision that are long gone. Here they are empty, and the files behind
them are found as always.
"""

import importlib.util
import sys
import types

for name in ("LibMTL", "LibMTL.architecture"):
    face = types.ModuleType(name)
    face.__path__ = importlib.util.find_spec(name).submodule_search_locations
    sys.modules[name] = face
