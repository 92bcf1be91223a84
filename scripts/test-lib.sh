# shellcheck shell=bash
# What the scripts that bring test services share. Sourced, never started.

say() { printf 'test services: %s\n' "$*" >&2; }

fail() {
  printf 'test services: %s\n' "$@" >&2
  exit 1
}

any_python() {
  local python
  for python in .venv/bin/python python3; do
    if command -v "$python" >/dev/null; then printf '%s\n' "$python"; return; fi
  done
  fail "python3 is missing."
}

free_port() {
  "$(any_python)" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

am_root() { [ "$(id -u)" -eq 0 ]; }

can_install() { am_root && command -v apt-get >/dev/null; }

# The package lists of a fresh machine are empty or old, so they are read once before the first installation.
apt_lists_read=
apt_install() {
  local log status=0
  log=$(mktemp)
  say "installing $*"
  {
    [ -n "$apt_lists_read" ] || apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >"$log" 2>&1 || status=$?
  apt_lists_read=yes
  [ "$status" -eq 0 ] || tail -n 5 "$log" >&2
  rm -f "$log"
  return "$status"
}

# PostgreSQL and Elasticsearch refuse to run as root: root hands them to a system user without login.
service_user=marketplace-test

as_service_user() {
  if am_root; then runuser -u "$service_user" -- "$@"; else "$@"; fi
}

hand_over() {
  am_root || return 0
  id "$service_user" >/dev/null 2>&1 ||
    useradd --system --no-create-home --shell /usr/sbin/nologin "$service_user"
  chown -R "$service_user" "$@"
}

# Servers and their data are kept here.
cache=${MARKETPLACE_TEST_CACHE:-/var/tmp/ozg-marketplace}

make_cache() {
  mkdir -p "$cache"
  [ -O "$cache" ] || fail "$cache belongs to somebody else; set MARKETPLACE_TEST_CACHE to a folder of your own."
}

java_major() { "$1/bin/java" -version 2>&1 | sed -nE '1s/.*version "([0-9]+).*/\1/p'; }

# find_java LEAST: the newest Java on this machine, from version LEAST on
find_java() {
  local home major best=0 found=
  for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -x "$home/bin/java" ] || continue
    major=$(java_major "$home")
    if [ "${major:-0}" -gt "$best" ]; then best=$major found=$home; fi
  done
  [ "$best" -ge "$1" ] && printf '%s\n' "$found"
}

bring_java() {
  find_java "$1" && return
  can_install || return
  apt_install openjdk-25-jre-headless || apt_install openjdk-21-jre-headless || return
  find_java "$1"
}

# fetch_from_maven_central NAME ARTIFACT SHA256 MEGABYTES: prints a new folder in the cache with the unpacked archive
fetch_from_maven_central() {
  command -v mvn >/dev/null || { can_install && apt_install maven; } ||
    fail "Maven (mvn) is missing: it fetches $1 from Maven Central. Install it."
  local fetched
  fetched=$(mktemp -d "$cache/fetch.XXXXXX")
  say "fetching $1 ($4 MB, once)"
  mvn --quiet --batch-mode -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact="$2" -DoutputDirectory="$fetched" >&2 ||
    {
      rm -rf "$fetched"
      fail "Maven could not fetch $2; see its message above."
    }
  unpack_checked "$fetched" "$3" || { rm -rf "$fetched"; exit 1; }
  printf '%s\n' "$fetched"
}

# unpack_checked FOLDER SHA256: the one archive in it
unpack_checked() {
  "$(any_python)" - "$1" "$2" <<'PY'
import hashlib
import pathlib
import sys
import zipfile

target, expected = sys.argv[1:]
(archive,) = pathlib.Path(target).glob("*.zip")
found = hashlib.sha256(archive.read_bytes()).hexdigest()
if found != expected:
    sys.exit(f"{archive}: sha256 is {found}, expected {expected}; nothing was unpacked")
with zipfile.ZipFile(archive) as packed:
    for member in packed.infolist():
        path = pathlib.Path(packed.extract(member, target))
        if path.is_file():
            path.chmod(member.external_attr >> 16 & 0o777 or 0o644)
archive.unlink()
PY
}
