# Read by the scripts in tools/, from the root of the source tree: how to configure and build.

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

# The compiler: $CXX if set, else clang++-19, else the system's own (which CMake refuses when it is too old).
compiler() {
  if [ -n "${CXX:-}" ]; then echo "$CXX"
  elif command -v clang++-19 >/dev/null 2>&1; then echo clang++-19
  else echo c++
  fi
}

# configure FOLDER [CMake arguments...]: quiet unless it fails. A folder that is configured stays as it is; Ninja
# configures again by itself when a CMake file changed.
configure() {
  folder=$1
  shift
  mkdir -p "$folder"
  wanted="$(compiler) $*"
  if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/.configured" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "configuring $folder"
  if ! cmake -S . -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER="$(compiler)" "$@" >"$folder/configure.log" 2>&1; then
    cat "$folder/configure.log" >&2
    return 1
  fi
  printf '%s' "$wanted" >"$folder/.configured"
}

# build FOLDER [targets...]: Ninja's progress on a terminal, its last lines elsewhere.
build() {
  folder=$1
  shift
  [ $# -gt 0 ] || set -- all
  say "building $folder"
  if [ -t 1 ]; then
    ninja -C "$folder" "$@"
  elif ! ninja -C "$folder" "$@" >"$folder/build.log" 2>&1; then
    grep -E -A 15 '^FAILED|error:' "$folder/build.log" | head -n 100 >&2
    say "the build failed: all of it is in $folder/build.log" >&2
    return 1
  fi
}

configure_and_build() { configure "$@" && build "$1"; }
