# Sourced by the scripts in tools/: where the checkout is, and how to fail.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Debian's python3 has the packages we installed; another one may come first
# in PATH.
python=/usr/bin/python3

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}
