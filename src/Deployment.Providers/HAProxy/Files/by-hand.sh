#!/bin/sh
# The site @SITE@ by hand, written by Deployment.Providers.HAProxy. It needs awk and socat.
#
#   sh @SITE@.sh show                                         what it follows, and what is in flight
#   sh @SITE@.sh route REVISION=WEIGHT... [preview=REVISION]  follows these, in one step; lines "REVISION HOST:PORT" are read
#   sh @SITE@.sh maintain SECONDS                             answers everything with a page, which is read in base64
#   sh @SITE@.sh serve                                        ends that
#   sh @SITE@.sh save                                         writes what HAProxy follows into the files that it starts from
#   sh @SITE@.sh counters REVISION                            what HAProxy counts of a revision
set -eu
site='@SITE@' folder='@FOLDER@' socket='@SOCKET@' lanes=@LANES@ servers=@SERVERS@ drain=@DRAIN@ old=@OLD@
map="$folder/$site.map" names="$folder/$site.names" cfg="$folder/$site.cfg"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf '%s\n' "$1" >&2; exit 1; }
ask() { printf '%s\n' "$1" | socat -t 10 - "$socket"; }
# HAProxy answers what it did by nothing, and errors as text.
tell() { said=$(ask "$1"); [ -z "$said" ] || fail "HAProxy answered '$1' with: $said"; }
held() { if command -v flock >/dev/null; then exec 9>>"$folder/$site.lock"; flock -w 30 9 || fail 'Another deployer is at work.'; fi; }
free() { exec 9>&-; }

state() {
  ask "show map $map" >"$work/answer"
  ! grep -q '^Unknown map' "$work/answer" || fail "HAProxy doesn't know the site $site: start it with -f $cfg"
  sed -n 's/^0x[^ ]* //p' "$work/answer" >"$work/state"
}

# replace MAP FILE: in one step.
replace() {
  ask 'show map' | grep -qF "($1)" || return 0
  version=$(ask "prepare map $1" | sed -n 's/^New version created: *\([0-9]*\).*/\1/p')
  [ -n "$version" ] || fail "HAProxy prepared no version of $1."
  while IFS= read -r line; do
    said=$(printf 'add map @%s %s <<\n%s\n\n' "$version" "$1" "$line" | socat -t 10 - "$socket")
    [ -z "$said" ] || fail "HAProxy took no entry of $1: $said"
  done <"$2"
  ask "show map @$version $1" | sed -n 's/^0x[^ ]* //p' | cmp -s - "$2" || fail "HAProxy has other entries of $1 than it was given."
  tell "commit map @$version $1"
}

# save STATE NAMES: the files of this state, from which HAProxy comes back.
save() {
  awk -v site="$site" '
    part == "state" && $1 > 1000000 && $1 < 2000000 {
      for (i = 5; i <= NF; i++) { split($i, s, "="); split(s[2], a, ","); ip = a[3] ~ /:/ ? "[" a[3] "]" : a[3]; at[site "-" ($1 - 1000000), "s" s[1]] = ip ":" a[4] }
    }
    part == "state" { next }
    $1 == "backend" || $1 == "frontend" || $1 == "global" { section = $2 }
    $1 == "server" && $2 ~ /^s[0-9]+$/ { print "    server " $2 " " (((section, $2) in at) ? at[section, $2] : "127.0.0.1:9 disabled"); next }
    { print }' part=state "$1" part=cfg "$cfg" >"$cfg.hand"
  mv "$cfg.hand" "$cfg"
  cat "$2" >"$names.hand" && mv "$names.hand" "$names"
  cat "$1" >"$map.hand" && mv "$map.hand" "$map"
}

# What testers may name: of a state those revisions that are routed, and as candidate the one that came last.
named() {
  awk -v site="$site" '
    $1 > 1000000 && $1 < 2000000 && $3 != "-" { print $2, site "-" ($1 - 1000000); if ($4 + 0 >= last) { last = $4 + 0; candidate = site "-" ($1 - 1000000) } }
    END { if (candidate != "") print "candidate", candidate }' "$1"
}

# commit STATE: files first, so that a reload at any moment comes back with something whole.
commit() {
  named "$1" >"$work/names"
  save "$1" "$work/names"
  replace "$names" "$work/names"
  replace "$map" "$1"
}

# in_flight LANE [SERVER]
in_flight() { ask "show stat $site-$1 6 -1" | awk -F, -v name="${2:-BACKEND}" '$2 == name { print $3 + $5 }'; }

# wait_for FILE: until nothing is in flight there, seen twice, or the deadline.
wait_for() {
  seconds=0 empty=0
  while [ "$empty" -lt 2 ]; do
    left=0
    while read -r lane server stays; do
      if [ "$stays" = 1 ]; then count=$(in_flight "$lane" "$server"); else count=$(in_flight "$lane"); fi
      left=$((left + ${count:-0}))
    done <"$1"
    if [ "$left" -eq 0 ]; then empty=$((empty + 1)); else empty=0; fi
    if [ "$seconds" -ge "$drain" ] && [ "$left" -gt 0 ]; then echo "After $drain s requests are unfinished ($left); they go on." >&2; return 0; fi
    # After a reload, which may have been just now, the old worker finishes its requests where nobody sees them.
    if [ "$empty" -ge 2 ] && [ "$old" = 1 ] && [ "$(ask 'show info' | sed -n 's/^Uptime_sec: *//p')" -lt "$drain" ]; then empty=1; fi
    [ "$empty" -ge 2 ] || sleep 1
    seconds=$((seconds + 1))
  done
}

# has REVISION FILE: whether a line is about it. As a pattern its dots would be any character.
has() { awk -v r="$1" '$1 == r { found = 1 } END { exit !found }' "$2"; }

route() {
  preview=
  : >"$work/wanted"
  : >"$work/instances"
  for word in "$@"; do
    case "$word" in *[!A-Za-z0-9._+=-]*) fail "'$word' is no REVISION=WEIGHT." ;; esac
    case "$word" in
      preview=*) preview=${word#preview=} ;;
      *=*) case "${word#*=}" in '' | *[!0-9]*) fail "'$word' has no weight." ;; esac
        printf '%s %s\n' "${word%%=*}" "${word#*=}" >>"$work/wanted" ;;
      *) fail "'$word' is no REVISION=WEIGHT." ;;
    esac
  done
  [ -z "$preview" ] || has "$preview" "$work/wanted" || fail "$preview is previewed, and has no weight: give it 0."
  while read -r revision at more; do
    [ -z "$more" ] && [ -n "$at" ] || fail "'$revision $at $more' is no instance."
    host=${at%:*} port=${at##*:}
    host=${host#\[} host=${host%\]} ip=$host
    case "$host" in '' | *[!A-Za-z0-9.:_-]*) fail "'$at' is no HOST:PORT." ;; esac
    case "$port" in '' | *[!0-9]*) fail "'$at' is no HOST:PORT." ;; esac
    case "$host" in *:*) ;; *[!0-9.]*) ip=$(getent ahostsv4 "$host" | awk 'NR == 1 { print $1 }') ;; esac
    [ -n "$ip" ] || fail "The host '$host' has no address."
    printf '%s %s %s %s\n' "$revision" "$host" "$ip" "$port" >>"$work/instances"
  done
  while read -r revision weight; do
    has "$revision" "$work/instances" || fail "$revision has no instance: nothing was changed."
  done <"$work/wanted"
  held
  state
  ask 'show servers state' >"$work/servers"
  awk -v site="$site" -v lanes="$lanes" -v servers="$servers" -v preview="$preview" -f "$work/route.awk" \
    part=state "$work/state" part=servers "$work/servers" part=wanted "$work/wanted" part=instances "$work/instances" >"$work/plan" || fail "$(sed -n 's/^error //p' "$work/plan")"
  for kind in map start lose stray; do sed -n "s/^$kind //p" "$work/plan" >"$work/$kind"; done
  named "$work/map" >"$work/names"
  save "$work/map" "$work/names"
  while read -r lane server; do tell "set server $site-$lane/$server state maint"; done <"$work/stray"
  while read -r lane server ip port; do
    ask "set server $site-$lane/$server addr $ip port $port" >/dev/null
    tell "set server $site-$lane/$server state ready"
  done <"$work/start"
  ask 'show servers state' >"$work/servers"
  while read -r lane server ip port; do
    awk -v b="$site-$lane" -v s="$server" -v i="$ip" -v p="$port" '$2 == b && $4 == s && $5 == i && $19 == p { found = 1 } END { exit !found }' "$work/servers" || fail "HAProxy did not take $ip:$port."
  done <"$work/start"
  commit "$work/map"
  free
  while read -r lane server stays; do
    if [ "$stays" = 1 ]; then tell "set server $site-$lane/$server state drain"; fi
  done <"$work/lose"
  if [ -s "$work/lose" ]; then wait_for "$work/lose"; fi
  held
  state
  [ "$(awk '$1 == 3000000 { print $2 }' "$work/state")" = "$(awk '$1 == 3000000 { print $2 }' "$work/map")" ] || fail 'The site was changed by somebody else meanwhile.'
  while read -r lane server stays; do tell "set server $site-$lane/$server state maint"; done <"$work/lose"
  if grep -q '^1[0-9]* [^ ]* - ' "$work/map"; then
    awk '$1 == 3000000 { $2++ } !($1 > 1000000 && $1 < 2000000 && $3 == "-")' "$work/map" >"$work/last"
    commit "$work/last"
  fi
}

# page FILE: follows the same state with these entries as its page.
page() {
  held
  state
  grep -q '^3000000 ' "$work/state" || echo '3000000 0' >>"$work/state"
  { awk '$1 == 3000000 { $2++ } $1 ~ /:/ || $1 < 4000000' "$work/state"; cat "$1"; } >"$work/map"
  commit "$work/map"
  free
}

maintain() {
  case "${1:-}" in '' | *[!0-9]*) fail 'After how many seconds are clients to come again?' ;; esac
  tr -d '\n\r ' | fold -w 12000 | awk '{ print } END { if (NR == 0) exit 1 }' >"$work/parts" || fail 'There is no page.'
  ! grep -q '[^A-Za-z0-9+/=]' "$work/parts" || fail 'The page is not in base64.'
  awk -v seconds="$1" '{ part[NR] = $0 } END { print 4000000, seconds, NR; for (i = 1; i <= NR; i++) print 4000000 + i, part[i] }' "$work/parts" >"$work/page"
  page "$work/page"
  awk '$1 > 1000000 && $1 < 2000000 { print $1 - 1000000, "BACKEND", 0 }' "$work/map" >"$work/waited"
  if [ -s "$work/waited" ]; then wait_for "$work/waited"; fi
}

cat >"$work/route.awk" <<'END_OF_AWK'
@AWK@
END_OF_AWK

case "${1:-}" in
  show)
    state
    awk '$1 ~ /:/ || $1 < 4000001' "$work/state"
    for lane in $(awk '$1 > 1000000 && $1 < 2000000 { print $1 - 1000000 }' "$work/state"); do echo "$site-$lane has $(in_flight "$lane") in flight"; done
    ;;
  route) shift; route "$@" ;;
  maintain) maintain "${2:-}" ;;
  serve) : >"$work/page"; page "$work/page" ;;
  save) held; state; named "$work/state" >"$work/names"; save "$work/state" "$work/names" ;;
  counters)
    state
    lane=$(awk -v r="${2:-}" '$1 > 1000000 && $1 < 2000000 && $2 == r { print $1 - 1000000 }' "$work/state")
    [ -n "$lane" ] || fail "HAProxy doesn't route '${2:-}'."
    ask "show stat $site-$lane 2 -1"
    ask "show table $site-$lane"
    ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
