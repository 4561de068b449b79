#!/usr/bin/env bash
# The command line from outside: every command, exit statuses, what is said of
# bad input, and that nothing half-written stays behind.
#   test-cli.sh PROGRAM    (TAP on standard output)
set -u
cli=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$here/tiff.sh"

n=0
small="--patch 64 --batch 2 --base-filters 8 --depth 2 --device cpu"

report () { # STATUS NAME: 0 is good
  n=$((n + 1))
  if [ "$1" -eq 0 ]; then echo "ok $n $2"; else
    echo "not ok $n $2"
    sed 's/^/# out: /' out | head -5
    sed 's/^/# err: /' err | head -5
  fi
}

# run NAME STATUS PATTERN COMMAND…: status and a pattern in either output
run () {
  local name=$1 want=$2 pattern=$3 status
  shift 3
  "$@" >out 2>err
  status=$?
  [ "$status" -eq "$want" ] || echo "# status $status instead of $want" >>err
  [ "$status" -eq "$want" ] && cat out err | grep -qE -- "$pattern"
  report $? "$name"
}

# refused NAME STATUS FILE PATTERN COMMAND…: one line on standard error that
# begins as it should and names the file, nothing on standard output
refused () {
  local name=$1 want=$2 file=$3 pattern=$4
  shift 4
  "$@" >out 2>err
  local status=$?
  [ "$status" -eq "$want" ] || echo "# status $status instead of $want" >>err
  [ "$status" -eq "$want" ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] &&
    grep -q '^micrographia-cli: ' err && grep -qF -- "$file" err && grep -qE -- "$pattern" err
  report $? "$name"
}

check () { # NAME COMMAND…: a condition
  local name=$1
  shift
  "$@"
  report $? "$name"
}

same_files () { [ "$(ls -A "$1" | sort | tr '\n' ' ')" = "$2" ]; }

. "$here/test-main.sh"
. "$here/test-figure.sh"
. "$here/test-bad.sh"
. "$here/test-pairs.sh"
. "$here/test-interchange.sh"
. "$here/test-stack.sh"
. "$here/test-area.sh"
echo "1..$n"
