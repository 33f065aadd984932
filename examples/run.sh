#!/usr/bin/env bash
# Runs the named examples, or all, against this checkout. Prints `ok NAME`, or `left out: NAME, why` if the machine lacks a tool.
# The exit code is 1 if an example failed. Everything is installed into .tmp/examples.
#
# usage: run.sh [NAME…]
set -u
cd "$(dirname "$0")"
failed=0

if [ $# -eq 0 ]; then
  set -- */run-here.sh
  set -- "${@%/run-here.sh}"
fi
for name in "$@"; do
  if ! [ -e "$name/run-here.sh" ]; then
    echo "not ok $name, there is no such example"
    failed=1
  elif ! bash "$name/run-here.sh"; then
    echo "not ok $name"
    failed=1
  fi
done
exit "$failed"
