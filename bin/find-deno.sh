# Sourced by the launchers in this folder; not a program. Expects luamtev_root and luamtev_name;
# sets luamtev_deno (a deno >= 2.9 whose cache holds the locked npm dependencies) and
# luamtev_stack (V8's stack size in KB), or ends the process with one sentence on stderr.
#
# Invariants. The verdict on a deno is remembered in a memo and costs one `ls` to confirm, so a
# start adds a few milliseconds. Nothing is fetched but on a first run, and that says so. Every
# variable carries the prefix luamtev_, because assigning to a name that came in through the
# environment would change what the Lua program and its children see.

luamtev_version=2.9.6 # what npm fetches when no deno is found
luamtev_cache=${LUAMTEV_CACHE:-${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}}
[ -n "${LUAMTEV_CACHE:-}" ] || luamtev_cache=${luamtev_cache:+$luamtev_cache/luamtev}
luamtev_memo=${luamtev_cache:+$luamtev_cache/launch$luamtev_root/memo}
luamtev_temp=

luamtev_die() {
  printf '%s: %s\n' "$luamtev_name" "$1" >&2
  exit 1
}

# What the memo was written under: the deno on PATH, where caches lie, and size, inode and times
# of that deno, of the one to run, of the lock file and of the marker beside the cached
# dependencies. When any of it has changed, the search runs again.
luamtev_verdict() {
  printf 'under %s\n' "$luamtev_on_path" "${DENO_DIR:-} ${XDG_CACHE_HOME:-} ${HOME:-}"
  LC_ALL=C TZ=UTC0 ls -Llind -- "${luamtev_on_path:-$luamtev_deno}" "$luamtev_deno" \
    "$luamtev_root/deno.lock" "$luamtev_marker" 2>/dev/null
}

# Answers "VERSION PATH" of the real binary behind a candidate, which may be a slow shim.
luamtev_ask() {
  "$1" eval --no-config --no-lock 'console.log(Deno.version.deno + " " + Deno.execPath())' \
    </dev/null 2>/dev/null
}

# Sets luamtev_deno when the candidate runs and is new enough.
luamtev_try() {
  [ -f "$1" ] && [ -x "$1" ] || return 1
  luamtev_answer=$(luamtev_ask "$1") || return 1
  luamtev_minor=${luamtev_answer#*.}
  luamtev_minor=${luamtev_minor%%[!0-9]*}
  case ${luamtev_answer%%.*} in
    2) [ "${luamtev_minor:-0}" -ge 9 ] || return 1 ;;
    [3-9] | [1-9][0-9]*) ;;
    *) return 1 ;;
  esac
  luamtev_deno=${luamtev_answer#* }
}

luamtev_try_node_modules() {
  for luamtev_candidate in "$1"/node_modules/@deno/*/deno "$1/node_modules/deno/deno"; do
    luamtev_try "$luamtev_candidate" && return 0
  done
  return 1
}

# The folders above the package, nearest first: a dependency's deno may be hoisted above it.
luamtev_try_above() {
  luamtev_folder=$luamtev_root
  while :; do
    luamtev_try_node_modules "$luamtev_folder" && return 0
    [ -n "$luamtev_folder" ] || return 1
    luamtev_folder=${luamtev_folder%/*}
  done
}

# Built aside and renamed, so that first runs at the same time do not see half a deno. When
# another was first, mv puts ours inside theirs; it is removed there.
luamtev_fetch_deno() {
  command -v npm >/dev/null ||
    luamtev_die "found neither deno 2.9 or newer nor npm to fetch it with: install either of them"
  [ -n "$luamtev_cache" ] ||
    luamtev_die "cannot keep a deno for later runs: set HOME or LUAMTEV_CACHE to a folder"
  mkdir -p -- "$luamtev_cache" 2>/dev/null && [ -w "$luamtev_cache" ] &&
    luamtev_temp=$(mktemp -d "$luamtev_cache/fetch.XXXXXX" 2>/dev/null) ||
    luamtev_die "cannot write the cache folder '$luamtev_cache': set LUAMTEV_CACHE to another one"
  trap 'rm -rf -- "$luamtev_temp"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '%s: fetching deno %s through npm into %s (once)\n' \
    "$luamtev_name" "$luamtev_version" "$luamtev_cache" >&2
  npm install --prefix "$luamtev_temp" --no-save --no-audit --no-fund --ignore-scripts \
    --loglevel=error "deno@$luamtev_version" </dev/null >"$luamtev_temp/npm.log" 2>&1 || {
    grep -v '^npm warn' "$luamtev_temp/npm.log" | head -n 5 >&2
    luamtev_die "npm could not fetch deno@$luamtev_version: check the network and npm's registry"
  }
  luamtev_try_node_modules "$luamtev_temp" ||
    luamtev_die "npm fetched a deno@$luamtev_version that does not run on this machine"
  luamtev_home=$luamtev_cache/deno-$luamtev_version
  mv -- "$luamtev_temp" "$luamtev_home" 2>/dev/null
  rm -rf -- "$luamtev_home/${luamtev_temp##*/}" "$luamtev_temp"
  trap - EXIT INT TERM HUP
  luamtev_try_node_modules "$luamtev_home" ||
    luamtev_die "cannot use the deno in '$luamtev_home': remove that folder and run again"
}

# The marker, named after the lock file's checksum, lies in deno's own cache: whoever empties that
# removes the marker with it.
luamtev_cache_dependencies() {
  luamtev_marker=$("$luamtev_deno" info --json --no-config --no-lock </dev/null 2>/dev/null |
    sed -n 's/^ *"denoDir": "\(.*\)",*$/\1/p')
  luamtev_marker=$luamtev_marker/luamtev-$(cksum <"$luamtev_root/deno.lock" | tr ' ' -)
  [ -e "$luamtev_marker" ] && return 0
  printf '%s: fetching the locked npm dependencies (once)\n' "$luamtev_name" >&2
  luamtev_said=$(NO_COLOR=1 "$luamtev_deno" install --quiet --frozen \
    --config "$luamtev_root/deno.json" </dev/null 2>&1) || {
    printf '%s\n' "$luamtev_said" | grep . | head -n 5 >&2
    luamtev_die "deno could not fetch the locked npm dependencies: check the network and npm's registry"
  }
  : >"$luamtev_marker"
}

# Searches; then writes the memo if it can: a run without one is slower and otherwise the same.
luamtev_search() {
  luamtev_deno=
  { [ -n "$luamtev_on_path" ] && luamtev_try "$luamtev_on_path"; } ||
    luamtev_try_above ||
    { [ -n "$luamtev_cache" ] && luamtev_try_node_modules "$luamtev_cache/deno-$luamtev_version"; } ||
    luamtev_fetch_deno
  luamtev_cache_dependencies
  [ -n "$luamtev_memo" ] || return 0
  {
    mkdir -p -- "${luamtev_memo%/*}" && luamtev_temp=$(mktemp "$luamtev_memo.XXXXXX") && {
      printf '%s\n%s\n' "$luamtev_deno" "$luamtev_marker" && luamtev_verdict
    } >"$luamtev_temp" && mv -f -- "$luamtev_temp" "$luamtev_memo"
  } 2>/dev/null || :
}

# V8 must end a deep recursion with a RangeError before the kernel ends the process. The kernel
# lets arguments and environment take a quarter of the stack's limit, native code needs some of
# the rest, V8 gets what is left. 12000 is about 100,000 frames; children inherit the limit.
luamtev_size_stack() {
  luamtev_limit=$(ulimit -S -s)
  if [ "$luamtev_limit" != unlimited ] && [ "$luamtev_limit" -lt 16384 ]; then
    ulimit -S -s 16384 2>/dev/null || ulimit -S -s "$(ulimit -H -s)" 2>/dev/null
    luamtev_limit=$(ulimit -S -s)
  fi
  [ "$luamtev_limit" = unlimited ] || [ "$luamtev_limit" -ge 512 ] ||
    luamtev_die "the stack is limited to $luamtev_limit KB and deno needs 512: raise 'ulimit -s'"
  luamtev_stack=12000
  [ "$luamtev_limit" = unlimited ] || [ "$luamtev_limit" -ge 16384 ] ||
    luamtev_stack=$((luamtev_limit * 3 / 4 - 256))
}

# Deno asks for newer versions of itself over the network, and where there is no node it puts a
# folder with one of its own on PATH; neither is a program's business. LUAMTEV_UNSET names what
# cli/ takes out of the Lua program's environment again, itself included.
LUAMTEV_UNSET=LUAMTEV_UNSET
[ -n "${DENO_NO_UPDATE_CHECK:-}" ] || {
  export DENO_NO_UPDATE_CHECK=luamtev
  LUAMTEV_UNSET="$LUAMTEV_UNSET DENO_NO_UPDATE_CHECK"
}
[ -n "${DENO_DISABLE_NODE_SHIM:-}" ] || {
  export DENO_DISABLE_NODE_SHIM=true
  LUAMTEV_UNSET="$LUAMTEV_UNSET DENO_DISABLE_NODE_SHIM"
}
export LUAMTEV_UNSET

# PWD may also lead through folders that this user cannot enter; only the kernel knows.
[ -d "${PWD:-?}" ] || case $(readlink /proc/$$/cwd) in
  *' (deleted)') luamtev_die "the current folder does not exist any more" ;;
esac
luamtev_on_path=$(command -v deno)
case $luamtev_on_path in
  /*) ;;
  *) luamtev_on_path= ;; # an alias, or a folder of PATH that depends on where we are
esac
luamtev_deno=
luamtev_marker=
luamtev_remembered=
[ -n "$luamtev_memo" ] && [ -r "$luamtev_memo" ] && {
  IFS= read -r luamtev_deno
  IFS= read -r luamtev_marker
  while IFS= read -r luamtev_line; do
    luamtev_remembered=$luamtev_remembered${luamtev_remembered:+
}$luamtev_line
  done
} <"$luamtev_memo"
[ -n "$luamtev_deno" ] && [ "$luamtev_remembered" = "$(luamtev_verdict)" ] || luamtev_search
luamtev_size_stack
