# Counts what tests did, from the TRX files that they leave. It is sourced, never run.
# shellcheck shell=bash

# trx_counts FILE: "TOTAL PASSED FAILED", or nothing when the file has no counters (its writer died).
# Skipped tests are what is neither: the counter for them is zero in every TRX file.
trx_counts() {
  [ -f "$1" ] || return 0
  awk '
    function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
    /<Counters / {
      print value("total"), value("passed"), value("failed") + value("error") + value("timeout") + value("aborted")
      exit
    }' "$1"
}

# trx_messages FILE OUTCOME: "TEST: MESSAGE" for each test that ended so.
trx_messages() {
  [ -f "$1" ] || return 0
  awk -v outcome="$2" '
    function attribute(name) { return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "" }
    function text(s) { gsub(/<[^>]*>/, "", s); gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&quot;/, "\"", s); gsub(/&#xD;|&#xA;/, " ", s); gsub(/&amp;/, "\\&", s); gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
    /<UnitTestResult / { wanted = attribute("outcome") == outcome; name = attribute("testName"); if (wanted && /\/>/) { print text(name) ":"; wanted = 0 } }
    wanted && /<Message>/ { print text(name) ": " text($0); wanted = 0 }
    /<\/UnitTestResult>/ { if (wanted) print text(name) ":"; wanted = 0 }' "$1"
}
