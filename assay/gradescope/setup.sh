#!/usr/bin/env bash
# Gradescope runs this once to build the image: it installs Python, a CPU build of torch, the kit.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y python3 python3-venv libseccomp2
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer is required: choose Ubuntu 24.04 as the base image" >&2
    exit 1
fi
python3 -m venv "$root/venv"
export PIP_CONSTRAINT="$root/source/constraints.txt"
"$root/venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \
    --extra-index-url https://download.pytorch.org/whl/cpu "$root"/source/kit/*.whl
