#!/usr/bin/env bash
# Runs the long proofs (category Soak), which ./eng/test.sh leaves out. It closes with the same line.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/test.sh" Soak
