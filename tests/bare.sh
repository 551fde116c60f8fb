# shellcheck shell=bash
# tests/bare.sh: bare Debian systems, for tests/fresh and tests/package to source. As root. A system is
# a folder, and has nothing but what debootstrap lays down. One of each release is kept in
# ~/.cache/gst-metakafka, so that the next run is quicker.

bare_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# bare_unpack RELEASE FOLDER: a new system
bare_unpack() {
  local release=$1 system=$2
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/gst-metakafka
  local base=$cache/fresh-$release.tar
  if [ ! -f "$base" ]; then
    "$bare_top/tests/install-packages" fresh || return
    mkdir -p "$cache"
    debootstrap --variant=minbase "$release" "$system" >"$system.log" 2>&1 || {
      tail -n 20 "$system.log" >&2
      echo "debootstrap failed: check the network" >&2
      return 1
    }
    rm -f "$system.log"
    tar -C "$system" -cf "$base.$$" . && mv "$base.$$" "$base" || return
  else
    tar -C "$system" -xf "$base" || return
  fi
  # what whoever sets up a system or starts a container writes, and the installer's way with disks there:
  # nobody needs these systems after a crash
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >"$system/etc/hosts"
  echo force-unsafe-io >"$system/etc/dpkg/dpkg.cfg.d/unsafe-io"
  # what this machine needs to reach the network from in there
  cp -L /etc/resolv.conf "$system/etc/resolv.conf"
  mkdir -p "$system/usr/local/share/ca-certificates"
  cp -r /usr/local/share/ca-certificates/. "$system/usr/local/share/ca-certificates/"
}

# bare_copy FOLDER: copies what git knows of a checkout there, and all of a release tarball
bare_copy() {
  mkdir -p "$1"
  (cd "$bare_top" && if [ -e .git ]; then git ls-files -z --cached --others --exclude-standard; else find . -type f -print0; fi |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null -T - -cf -) | tar -C "$1" -xf -
}

# bare_run [--alone] SYSTEM COMMAND...: in there. Whatever it starts ends with it. --alone: without any
# network but a loopback interface of its own
bare_run() {
  local unshare=(unshare --mount --pid --fork) network=true proxies=()
  if [ "$1" = --alone ]; then
    unshare+=(--net) network="ip link set lo up"
    shift
  fi
  local system=$1
  shift
  while IFS= read -r line; do proxies+=("$line"); done < <(env | grep -iE '^(https?|no)_proxy=' || true)
  "${unshare[@]}" bash -c '
    set -e
    $1
    system=$2; shift 2
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    mount -t sysfs sysfs "$system/sys" 2>/dev/null || true
    exec chroot "$system" "$@"
  ' bare "$network" "$system" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 CI="${CI:-}" "${proxies[@]}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}
