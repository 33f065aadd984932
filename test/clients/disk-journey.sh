#!/usr/bin/env bash
# Takes a disk through OBS and IMS in four languages, over HTTP alone: a program makes a disk, puts it into a bucket with an OBS or
# S3 SDK, imports it, exports the image as vhd, fetches the object, and lets qemu-img compare what a guest sees. Each SDK is
# installed into .tmp at a pinned version. A language that this machine cannot have is left out, and why is said.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
node=$root/node_modules/.bin/node
programs=test/clients/disk-journey
place=$root/.tmp/disk-journey
mkdir -p "$place"
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT

left_out() { echo "left out: $1"; }

if ! command -v qemu-img >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  { apt-get update && apt-get install -y --no-install-recommends qemu-utils; } >/dev/null 2>&1 || true
fi
command -v qemu-img >/dev/null || { left_out 'the way of a disk, there is no qemu-img on this machine'; exit 0; }

"$node" src/bin.ts --port 0 >"$place/emulator.log" 2>&1 &
server=$!
for _ in $(seq 100); do
  grep -q 'curl' "$place/emulator.log" && break
  kill -0 "$server" || { cat "$place/emulator.log"; exit 1; }
  sleep 0.1
done
endpoint=$(sed -n 's/^  endpoint *//p' "$place/emulator.log")

with_python() {
  local venv=$place/python
  command -v python3 >/dev/null || { left_out 'Python, there is no python3'; return 0; }
  if ! [ -e "$venv/ready" ]; then
    python3 -m venv "$venv" || { left_out 'Python, python3 makes no virtual environment'; return 0; }
    "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 boto3==1.44.8 && touch "$venv/ready" ||
      { left_out 'Python, pip does not get boto3'; return 0; }
  fi
  "$venv/bin/python" -B $programs/journey.py "$endpoint"
}

with_go() {
  local go
  go=$(command -v go || command -v /usr/local/go/bin/go) || { left_out 'Go, there is no go'; return 0; }
  (cd $programs/go && timeout 120 "$go" mod download) || { left_out 'Go, its modules cannot be had'; return 0; }
  (cd $programs/go && "$go" build -buildvcs=false -o "$place/go-journey" .)
  "$place/go-journey" "$endpoint"
}

with_java() {
  local java=$place/java
  javac --release 17 -version >/dev/null 2>&1 || { left_out 'Java, there is no JDK 17'; return 0; }
  command -v mvn >/dev/null || { left_out 'Java, there is no mvn'; return 0; }
  local build=(mvn -B -ntp -q -f $programs/java/pom.xml "-Dplace=$java")
  if ! [ -e "$java/ready" ]; then
    timeout 300 "${build[@]}" generate-resources && touch "$java/ready" ||
      { left_out 'Java, Maven does not get the OBS SDK'; return 0; }
  fi
  "${build[@]}" compile
  java -cp "$java/classes:$(cat "$java/classpath")" journey.Journey "$endpoint"
}

"$node" $programs/journey.ts "$endpoint"
with_python
with_go
with_java
