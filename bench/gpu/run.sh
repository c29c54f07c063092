#!/bin/sh
# Times the models with WebGPU against PyTorch on this machine's card; needs no network, and writes
# into its own folder only. The results are in gpu.json.
cd "$(dirname "$0")" || exit 1
if ! python3 -c "import torch" 2>/dev/null; then
  echo "PyTorch is needed, so that python3 -c 'import torch' works." >&2
  exit 1
fi
# The loader that is packed along comes last: the machine's own is used where there is one.
LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$PWD/lib"
# Without a file that names it, the loader does not find NVIDIA's driver.
named="${VK_ICD_FILENAMES:-}${VK_DRIVER_FILES:-}"
for file in /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json; do
  if [ -e "$file" ]; then named=$file; fi
done
if [ -z "$named" ]; then
  cat >nvidia_icd.json <<'JSON'
{"file_format_version": "1.0.1", "ICD": {"library_path": "libGLX_nvidia.so.0", "api_version": "1.3"}}
JSON
  VK_ICD_FILENAMES="$PWD/nvidia_icd.json"
  export VK_ICD_FILENAMES
fi
mkdir -p cache
XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$PWD/cache}"
DENO_DIR="$PWD/cache"
DENO_NO_UPDATE_CHECK=1
export LD_LIBRARY_PATH XDG_RUNTIME_DIR DENO_DIR DENO_NO_UPDATE_CHECK
# All programs, as Deno starts none of a list while LD_LIBRARY_PATH is set.
exec ./deno run --quiet --no-prompt --no-config --no-remote --allow-read --allow-write=. \
  --allow-run --allow-env --allow-sys gpu.js "$@"
