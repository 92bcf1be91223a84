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
