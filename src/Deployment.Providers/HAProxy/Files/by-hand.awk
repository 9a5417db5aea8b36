# Reads what the site follows, how its servers stand, which revisions are wanted and their instances; prints, each line with the file that it is for, the
# next state (map), servers to start (start), strays in lanes that are taken (stray) and servers that lose their place (lose: lane, server, whether the lane stays).
function lane_of(backend) { return substr(backend, length(site) + 2) + 0 }

part == "state" && $1 ~ /:/ {
  split($1, ends, ":")
  for (n = ends[1] + 0; n <= ends[2] + 0; n++) owner[n] = lane_of($2)
  next
}
part == "state" && $1 > 1000000 && $1 < 2000000 {
  l = $1 - 1000000
  revision[l] = $2; since[l] = $4; lane[$2] = l
  for (i = 5; i <= NF; i++) {
    split($i, sides, "="); split(sides[2], a, ",")
    old[l, a[2] "," a[3] "," a[4]] = $i
    taken[l, sides[1] + 0] = 1
    old_places[l] = old_places[l] " " $i
  }
  next
}
part == "state" && $1 == 3000000 { generation = $2; next }
part == "state" && $1 == 2000000 { next }
part == "state" { rest[++rests] = $0; next }
part == "servers" && lane_of($2) > 0 && $2 == site "-" lane_of($2) {
  l = lane_of($2); number = substr($4, 2) + 0
  admin[l, number] = $7; address[l, number] = $5 "," $19
  known[l] = 1
  next
}
part == "wanted" { wanted[++revisions] = $1; weight[$1] = $2; next }
part == "instances" && (($1, $2, $3, $4) in given) { next }
part == "instances" { given[$1, $2, $3, $4] = 1; instances[$1] = instances[$1] " " $2 "," $3 "," $4; next }

END {
  generation++
  for (k = 1; k <= revisions; k++) {
    r = wanted[k]
    if (!(r in lane)) {
      for (l = 1; l <= lanes && (l in revision); l++) { }
      if (l > lanes || !(l in known)) { print "error " r " has no lane: all are taken."; exit 1 }
      lane[r] = l; revision[l] = r; since[l] = generation
      # Nothing is sent there yet. What somebody left there would answer in the revision's place.
      for (n = 1; n <= servers; n++) if (((l, n) in admin) && admin[l, n] % 2 == 0) { print "stray " l " s" n; admin[l, n] = 1 }
    }
    place(r, lane[r])
    total += weight[r]
  }
  share()
  for (l = 1; l <= lanes; l++) {
    stays = (l in revision) && (revision[l] in weight)
    if (l in revision) print "map " (1000000 + l) " " revision[l] " " (stays ? weight[revision[l]] : "-") " " since[l] (stays ? placed[l] : old_places[l])
    for (n = 1; n <= servers; n++) if (((l, n) in admin) && admin[l, n] % 2 == 0 && !(stays && ((l, n) in serves))) print "lose " l " s" n " " stays
  }
  if (preview != "") print "map 2000000 " site "-" lane[preview]
  print "map 3000000 " generation
  for (i = 1; i <= rests; i++) print "map " rest[i]
}

# Instances that are there keep their servers; new ones take servers that rest, and so does one whose host's name has another address now.
function place(r, l,    count, list, i, a, key, n, slot, used, text) {
  count = split(instances[r], list, " ")
  for (i = 1; i <= count; i++) {
    split(list[i], a, ","); key = list[i]
    if ((l, key) in old) {
      text = old[l, key]; split(text, sides, "="); split(sides[2], b, ","); used[b[1]] = 1
      keep[l, key] = 1
    }
  }
  for (i = 1; i <= count; i++) {
    split(list[i], a, ","); key = list[i]
    if ((l, key) in keep) { text = old[l, key]; split(text, sides, "="); n = sides[1] + 0 }
    else {
      for (n = 1; n <= servers && (((l, n) in taken) || admin[l, n] % 2 == 0); n++) { }
      if (n > servers) { print "error " r " has no server left for " a[1] ":" a[3] "."; exit 1 }
      taken[l, n] = 1
      for (slot = 1; slot in used; slot++) { }
      used[slot] = 1
      text = n "=" slot "," a[1] "," a[2] "," a[3]
    }
    serves[l, n] = 1
    placed[l] = placed[l] " " text
    split(text, sides, "="); split(sides[2], b, ",")
    # 1 and 8: in maintenance, or draining.
    if (address[l, n] != b[3] "," b[4] || admin[l, n] % 2 == 1 || int(admin[l, n] / 8) % 2 == 1) print "start " l " s" n " " b[3] " " b[4]
  }
}

# Numbers by the largest remainder; who grows only gains, who shrinks gives up its highest.
function share(    l, k, n, left, best, first) {
  for (l = 1; l <= lanes; l++) size[l] = 0
  left = total > 0 ? 10000 : 0
  for (k = 1; k <= revisions; k++) {
    l = lane[wanted[k]]
    size[l] = total > 0 ? int(10000 * weight[wanted[k]] / total) : 0
    remainder[l] = total > 0 ? (10000 * weight[wanted[k]]) % total : 0
    left -= size[l]
  }
  for (; left > 0; left--) {
    best = 0
    for (l = 1; l <= lanes; l++) if (remainder[l] > 0 && (best == 0 || remainder[l] > remainder[best])) best = l
    size[best]++; remainder[best] = 0
  }
  for (n = 0; n < 10000; n++) {
    l = owner[n] + 0
    if (l > 0 && size[l] > 0) size[l]--; else owner[n] = 0
  }
  l = 1
  for (n = 0; n < 10000; n++) if (owner[n] == 0) {
    while (l <= lanes && size[l] == 0) l++
    if (l <= lanes) { owner[n] = l; size[l]-- }
  }
  for (first = 0; first < 10000; first = n) {
    for (n = first + 1; n < 10000 && owner[n] == owner[first]; n++) { }
    if (owner[first] > 0) print "map " first ":" (n - 1) " " site "-" owner[first]
  }
}
