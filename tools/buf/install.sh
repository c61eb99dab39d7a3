# shellcheck shell=bash
# Installs the version of buf that package-lock.json names. To be sourced.

source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

readonly proto="$root/proto" baseline="$root/tools/buf/contract.binpb"
readonly lock="$root/tools/buf/package-lock.json" buf_home="$root/build/tools/buf"
readonly buf="$buf_home/node_modules/.bin/buf"

if ! cmp -s "$lock" "$buf_home/installed.json"; then
  rm -rf "$buf_home"
  mkdir -p "$buf_home"
  cp "$root/tools/buf/package.json" "$lock" "$buf_home"
  # No scripts: the program comes as a package of its own for each platform.
  npm ci --prefix "$buf_home" --ignore-scripts --loglevel=error \
    --no-audit --no-fund >/dev/null
  cp "$lock" "$buf_home/installed.json"
fi
