#!/usr/bin/env bash
# Stress tests on the embedded default, with its processes watched; from a bare
# Debian 12 on.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/tools/setup.sh"

readonly usage="usage: ./run-stress-tests.sh [SECONDS] [--parallel-only | --large-payload] [--track]

  SECONDS          how long each test starts instances; 10 without it
  --parallel-only  only parallel orchestrations
  --large-payload  only large payloads
  --track          keeps the runs in stress-results.db, and writes
                   stress-test-results.md: commit, changes since the last test,
                   figures, history
  --help           this text

Each test is run in the settings 1/1 and 2/2. The exit code is that of
\`duroxide-compat stress\`: 0 where everything ended well, once, and nothing was
lost."

seconds=10
scenarios=(parallel_orchestrations large_payload)
track=no
for argument in "$@"; do
  case "$argument" in
    --parallel-only) scenarios=(parallel_orchestrations) ;;
    --large-payload) scenarios=(large_payload) ;;
    --track) track=yes ;;
    -h | --help)
      echo "$usage"
      exit 0
      ;;
    *[!0-9]* | "" | 0) die "$usage" ;;
    *) seconds="$argument" ;;
  esac
done

install_packages build
build release duroxide-compat
readonly compat="$root/build/release/bin/duroxide-compat"

flags=(--concurrency 1/1,2/2 --duration "${seconds}s")
for scenario in "${scenarios[@]}"; do
  flags+=(--scenario "$scenario")
done
if [[ $track == yes ]]; then
  # The tested thing is this checkout, wherever the script is called from.
  cd "$root"
  flags+=(--results stress-results.db)
fi

code=0
"$compat" stress "${flags[@]}" || code=$?
if [[ $track == yes && $code -lt 128 && -f stress-results.db ]]; then
  "$compat" trend --results stress-results.db --track stress-test-results.md >/dev/null
  echo "Wrote stress-test-results.md"
fi
exit "$code"
