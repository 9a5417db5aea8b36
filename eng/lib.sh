# What the scripts of this folder share. It is sourced, never run.
# shellcheck shell=bash

say() { printf '== %s\n' "$*"; }

warn() { printf '!! %s\n' "$*" >&2; }

# as_root COMMAND...: runs a command as root, or fails when there is no way to.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# have PROGRAM: whether a program can be started. Debian keeps some servers where users don't look.
have() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null; }

# need_programs PROGRAM=PACKAGE...: installs the Debian packages of those programs that are missing.
# It never fails: a test that lacks its component says so itself.
need_programs() {
  local pair missing=() packages=()
  for pair in "$@"; do
    if ! have "${pair%%=*}"; then
      missing+=("${pair%%=*}")
      packages+=("${pair#*=}")
    fi
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    return 0
  fi

  say "Missing here: ${missing[*]}. Installing: ${packages[*]}"
  if ! have apt-get; then
    warn "There is no apt-get on this machine. Install by hand what gives: ${missing[*]}"
  elif ! as_root true; then
    warn "Neither root nor sudo without a password. Run once as root: apt-get install ${packages[*]}"
  elif ! as_root apt-get update -qq || ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; then
    warn "apt-get failed; its message is above."
  fi

  for pair in "$@"; do
    have "${pair%%=*}" || warn "Could not have ${pair%%=*} (package ${pair#*=}). Tests that need it are skipped, and say so."
  done
}
