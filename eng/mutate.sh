#!/usr/bin/env bash
# Mutation tests: changes the code of a project in hundreds of small ways, and shows which changes no test notices.
#
#   ./eng/mutate.sh Deployment.Core 'Execution/Run*.cs' 'Analysis/Watch*.cs'      these files; the globs are below the project's folder
#   ./eng/mutate.sh Deployment.Strategies                    the whole project
#
# It prints the score of each file and then what survived. The whole report is left in artifacts/mutation/PROJECT.
# Everything is built in a copy of this folder's files, so that one can go on working here. It takes minutes a file.
# MUTATION_CONCURRENCY says how many test processes run at once (default 2). MUTATION_TESTS='Routing/*.cs;Execution/Stale*.cs' takes these
# test files of Deployment.Core.Tests alone: to find out which tests meet a file takes 20 minutes with all of them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=eng/lib.sh
. "$root/eng/lib.sh"

version=5.1.0
tool="$root/artifacts/tools/stryker-$version"

usage() {
  sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit "$1"
}

case "${1:-}" in
  '') usage 2 ;;
  -h | --help) usage 0 ;;
esac
project=$1
shift
[ $# -gt 0 ] || set -- '**/*.cs'
mutate=()
for glob in "$@"; do
  mutate+=(--mutate "**/$glob")
done
have dotnet || { warn 'There is no dotnet. Install the .NET 10 SDK.'; exit 1; }
have python3 || { warn 'There is no python3, which reads the report. Install it.'; exit 1; }

source=$(find "$root/src" -name "$project.csproj" -print -quit)
[ -n "$source" ] || { warn "There is no project $project below src."; exit 2; }

# The project's own tests; the strategies are tested with the engine.
tests="tests/$project.Tests"
[ -d "$root/$tests" ] || tests=tests/Deployment.Core.Tests

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
if [ ! -x "$tool/dotnet-stryker" ]; then
  say "Installing dotnet-stryker $version"
  dotnet tool install dotnet-stryker --version "$version" --tool-path "$tool"
fi

report="$root/artifacts/mutation/$project"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
(cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
  tar cf - --null -T -) | tar xf - -C "$copy"
rm -rf "$report"
mkdir -p "$report"

# Test projects leave out what takes seconds by itself, is random, or starts processes: each test runs hundreds of times here.
# (Stryker's own filter of tests can't be used: it takes the tests that were left out for tests that never came to an end.)
export MutationTests=true
(cd "$copy/$tests" && nice -n 10 "$tool/dotnet-stryker" --config-file "$copy/eng/stryker.json" --project "$project.csproj" \
  "${mutate[@]}" --concurrency "${MUTATION_CONCURRENCY:-2}" --output "$report" --skip-version-check </dev/null)

python3 "$root/eng/mutants.py" "$(find "$report" -name mutation-report.json | head -n 1)"
