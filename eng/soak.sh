#!/usr/bin/env bash
# Runs the long proofs (category Soak), which ./eng/test.sh leaves out: all of them, or those of the categories that are named. It closes with the same line.
set -euo pipefail
# One of them may take longer than the time after which a test counts as hanging.
export TEST_HANG_TIMEOUT="${TEST_HANG_TIMEOUT:-3h}"
exec "$(dirname "${BASH_SOURCE[0]}")/test.sh" Soak "$@"
