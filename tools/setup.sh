# shellcheck shell=bash
# What ./run and ./test share: packages, configuring, building. To be sourced.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly root

die() {
  echo "$1" >&2
  exit 2
}

# missing_packages KIND...: the packages of these kinds that are not installed.
missing_packages() {
  local kind name wanted=()
  while read -r kind name; do
    [[ " $* " == *" $kind "* ]] || continue
    # Node.js from elsewhere brings npm along, and Debian's would not go with it.
    [[ $name =~ ^(npm|nodejs)$ ]] && command -v npm >/dev/null && continue
    wanted+=("$name")
  done <"$root/tools/packages.txt"
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
    <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" \
      2>/dev/null | sed -n 's/ installed$//p' | sort -u)
}

# install_packages KIND...: installs what is missing; quick where nothing is.
install_packages() {
  command -v dpkg-query >/dev/null ||
    die "This is no Debian: install the packages of tools/packages.txt by hand."
  local missing as_root=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "Missing: ${missing[*]}. Run this as root, or install sudo."
    as_root=(sudo)
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  # A foreign source that cannot be reached is no reason to stop: what matters
  # is whether the packages can be installed.
  "${as_root[@]}" apt-get update -qq || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}. See its message above."
}

# build PRESET [TARGET...]: configures where that is needed, and builds.
build() {
  local preset="$1" tree="$root/build/$1"
  shift
  (
    cd "$root"
    # CMake looks after its own lists, but not after the presets.
    if [[ ! -f $tree/build.ninja || CMakePresets.json -nt $tree/build.ninja ]]; then
      cmake --preset "$preset" --log-level=NOTICE
    fi
    cmake --build --preset "$preset" ${1:+--target "$@"}
  )
}
