#!/usr/bin/env bash
# Builds everything, runs tests, and closes with one line: "N passed, N failed, N skipped".
#
#   ./eng/test.sh               every test except the long proofs (category Soak; ./eng/soak.sh runs those)
#   ./eng/test.sh Unit Local    the tests of these categories alone, except the long proofs
#
# It installs what tests use (see programs, below) with apt where it is missing. Results are left in artifacts/test-results.
# The exit code is 0 only if something ran and nothing failed; with CI=true also only if no test was skipped
# because a component was missing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=eng/lib.sh
. "$root/eng/lib.sh"
# shellcheck source=eng/results.sh
. "$root/eng/results.sh"

# What tests and samples may use: PROGRAM=PACKAGE. gencat stands for what C programs are compiled against, which has no program of its own.
programs=(curl=curl pg_ctlcluster=postgresql pg_dump=postgresql pg_restore=postgresql pgbouncer=pgbouncer python3=python3 prometheus=prometheus nginx=nginx-light node=nodejs wrk=wrk setpriv=util-linux setsid=util-linux kill=procps systemd-analyze=systemd
  dockerd=docker.io docker-registry=docker-registry haproxy=haproxy socat=socat busybox=busybox-static gcc=gcc gencat=libc6-dev sshd=openssh-server ssh=openssh-client ip=iproute2 aws=awscli rclone=rclone jq=jq)

results="$root/artifacts/test-results"
passed=0
failed=0
skipped=0
problems=()
temporary=''
beside=''

# The closing line is the last one whatever happens, also when the script is interrupted.
close() {
  local code=$?
  trap - EXIT
  exec 2>&1
  # What runs beside has a process group of its own, with all that it started.
  [ -z "$beside" ] || kill -- "-$beside" 2>/dev/null || true
  [ -z "$temporary" ] || rm -rf "$temporary" || true
  if [ "${#problems[@]}" -gt 0 ]; then
    printf '!! %s\n' "${problems[@]}"
  fi
  if [ "$code" -eq 0 ] && { [ "${#problems[@]}" -gt 0 ] || [ "$failed" -gt 0 ]; }; then
    code=1
  fi
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  exit "$code"
}
trap close EXIT
trap 'problems+=("Interrupted."); exit 130' INT TERM

# fail CODE TEXT: ends the script; what can't be run counts as one failure.
fail() {
  problems+=("$2")
  failed=$((failed + 1))
  exit "$1"
}

# The long proofs run only when they are named; what is named beside them says which of them.
filter_of() {
  local category soak='TestCategory!=Soak' filter=''
  for category in "$@"; do
    if [ "$category" = Soak ]; then
      soak='TestCategory=Soak'
    else
      filter+="${filter:+|}TestCategory=$category"
    fi
  done
  printf '%s' "$soak${filter:+&($filter)}"
}

check_categories() {
  local category known
  known=$(grep -rhoE --include='*.cs' 'Category(\(| = )"[A-Za-z]+"' "$root/tests" | sed -E 's/.*"(.*)"/\1/' | sort -u | tr '\n' ' ' || true)
  for category in "$@"; do
    case " $known" in
      *" $category "*) ;;
      *) fail 2 "No test has the category '$category'. There are: ${known% }" ;;
    esac
  done
}

# Programs that tests start lie beside them, and are no tests.
test_projects() {
  find "$root/tests" -name '*.csproj' -print0 | sort -z | xargs -0 grep -L '<IsTestProgram>true' || true
}

# Projects that leave the machine idle for most of their time run beside the others, one after another.
runs_beside() { grep -q '<RunsBeside>true</RunsBeside>' "$1"; }

run_projects() {
  local project
  for project in "$@"; do
    run_project "$project"
  done
}

run_project() {
  local project=$1 name code=0
  name=$(basename "$project" .csproj)
  say "$name"
  # How long, and how busy the machine was meanwhile: which projects could run beside others.
  local TIMEFORMAT='   %R s, %P%% of a core'
  time dotnet test "$project" -c Release --no-build --nologo -v q --filter "$filter" \
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
    --results-directory "$results" --blame-hang --blame-hang-timeout "${TEST_HANG_TIMEOUT:-10m}" --blame-hang-dump-type none </dev/null || code=$?
  printf '%s\n' "$code" >"$results/$name.code"
}

# Each project's lines stay together.
run_projects_beside() {
  local project
  for project in "$@"; do
    run_project "$project" >"$temporary/beside" 2>&1
    cat "$temporary/beside"
  done
}

count_project() {
  local name code=none total=0 ok=0 bad=0
  name=$(basename "$1" .csproj)
  local trx="$results/$name.trx"
  [ ! -f "$results/$name.code" ] || code=$(cat "$results/$name.code")
  read -r total ok bad <<<"$(trx_counts "$trx")" || true
  passed=$((passed + ${ok:-0}))
  failed=$((failed + ${bad:-0}))
  skipped=$((skipped + ${total:-0} - ${ok:-0} - ${bad:-0}))
  if [ "$code" != 0 ] && [ "${bad:-0}" -eq 0 ]; then
    # Tests that never came to an end have no result: the loss is counted, so that it can't look like a success.
    failed=$((failed + 1))
    problems+=("$name ended with exit code $code though no test of it failed: the test process died. See above.")
  elif [ "$code" = 0 ] && [ "${bad:-0}" -gt 0 ]; then
    problems+=("$name has failed tests though its run ended well.")
  fi

  note_skips "$name" "$trx"
}

note_skips() {
  local skips
  skips=$(trx_messages "$2" NotExecuted)
  [ -n "$skips" ] || return 0
  printf '%s\n' "$skips" | sed 's/^/   skipped: /'
  if [ "${CI:-}" = true ] && printf '%s\n' "$skips" | grep -q 'Missing component:'; then
    problems+=("$1 skipped tests because a component was missing; in CI everything must be there.")
  fi
}

cd "$root"
if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
  trap - EXIT
  sed -n '2,9s/^# \{0,1\}//p' "$root/eng/test.sh"
  exit 0
fi
check_categories "$@"
have dotnet || fail 1 'There is no dotnet. Install the .NET 10 SDK.'
need_programs "${programs[@]}"
"$root/eng/moto.sh" "$root/artifacts/tools/moto" || warn 'Could not have moto; why is above. Tests that need it are skipped, and say so.'

# Servers of the build that outlive it would keep a caller's pipe open.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
PATH="$PATH:/usr/sbin:/sbin"

# Each command of the SDK leaves two empty folders in the temporary one; what there is goes with this script.
# Other users may pass through it: tests try what they can reach in it.
temporary=$(mktemp -d)
chmod 711 "$temporary"
export TMPDIR="$temporary"

say 'Building'
dotnet build Deployment.sln -c Release -v q --nologo </dev/null || fail 1 'The build failed.'

rm -rf "$results"
mkdir -p "$results"
filter=$(filter_of "$@")
mapfile -t projects < <(test_projects)
alone=()
others=()
for project in "${projects[@]}"; do
  if runs_beside "$project"; then
    others+=("$project")
  else
    alone+=("$project")
  fi
done
set -m
run_projects_beside "${others[@]}" &
beside=$!
set +m
run_projects "${alone[@]}"
wait "$beside" || true
beside=''
for project in "${projects[@]}"; do
  count_project "$project"
done

if [ $((passed + failed)) -eq 0 ]; then
  problems+=('No test ran.')
fi
