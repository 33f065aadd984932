#!/usr/bin/env bash
# Starts a strict emulator and drives its object service with the OBS SDKs for Python, Node, Go and Java, boto3 and MinIO's client: by an
# address, where the SDKs of OBS fall back to the dialect of S3, and by names, where they speak their own. Each is installed into
# .tmp at a pinned version. A client that this machine cannot have is left out, and why is said.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
node=$root/node_modules/.bin/node
programs=test/clients/obs
place=$root/.tmp/objects
mkdir -p "$place"
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT

left_out() { echo "left out: $1"; }

"$node" src/bin.ts --port 0 --auth strict --explain-auth >"$place/emulator.log" 2>&1 &
server=$!
for _ in $(seq 100); do
  grep -q 'curl' "$place/emulator.log" && break
  kill -0 "$server" || { cat "$place/emulator.log"; exit 1; }
  sleep 0.1
done

# What the emulator says about itself when it starts.
said() { sed -n "s/^  $1 *//p" "$place/emulator.log"; }
access_key=$(said 'access key')
secret_key=$(said 'secret key')
port=$(said endpoint | sed 's/.*://')
by_address=http://127.0.0.1:$port
by_name=http://localhost:$port
by_service_name=http://obs.localhost:$port

# run CLIENT HOW PROGRAM…: runs a program and says in one line what it has done.
run() {
  local client=$1 how=$2 done
  shift 2
  if ! "$@" >"$place/client.log" 2>&1; then
    cat "$place/client.log"
    echo "$client ($how) failed"
    return 1
  fi
  done=$(tr '\n' ';' <"$place/client.log")
  echo "$client ($how): ${done%;}"
}

with_python() {
  local venv=$place/python endpoint signature
  command -v python3 >/dev/null || { left_out 'boto3 and the OBS SDK for Python, there is no python3'; return 0; }
  if ! [ -e "$venv/ready" ]; then
    python3 -m venv "$venv" || { left_out 'boto3 and the OBS SDK for Python, python3 makes no virtual environment'; return 0; }
    "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 boto3==1.44.8 esdk-obs-python==3.26.6 &&
      touch "$venv/ready" || { left_out 'boto3 and the OBS SDK for Python, pip does not get them'; return 0; }
  fi
  for endpoint in "$by_address" "$by_name" "$by_service_name"; do
    run 'OBS SDK for Python' "$endpoint" "$venv/bin/python" -B $programs/with_obs.py "$endpoint" "$access_key" "$secret_key"
  done
  for signature in s3 s3v4; do
    for endpoint in "$by_address" "$by_name"; do
      run boto3 "$endpoint, $signature" \
        "$venv/bin/python" -B $programs/with_boto3.py "$endpoint" "$access_key" "$secret_key" "$signature"
    done
  done
}

with_node() {
  local endpoint
  if ! [ -e "$place/node/ready" ]; then
    mkdir -p "$place/node"
    npm install --prefix "$place/node" --fetch-retries 1 --no-save --no-audit --no-fund --loglevel=error \
      esdk-obs-nodejs@3.26.8 >/dev/null && touch "$place/node/ready" ||
      { left_out 'the OBS SDK for Node, npm does not get it'; return 0; }
  fi
  for endpoint in "$by_address" "$by_name" "$by_service_name"; do
    run 'OBS SDK for Node' "$endpoint" \
      env "NODE_PATH=$place/node/node_modules" "$node" $programs/with_obs.cjs "$endpoint" "$access_key" "$secret_key"
  done
}

with_minio() {
  local endpoint
  if ! [ -e "$place/minio/ready" ]; then
    mkdir -p "$place/minio"
    npm install --prefix "$place/minio" --fetch-retries 1 --no-save --no-audit --no-fund --loglevel=error \
      minio@8.0.7 >/dev/null && touch "$place/minio/ready" ||
      { left_out "MinIO's client for JavaScript, npm does not get it"; return 0; }
  fi
  for endpoint in "$by_address" "$by_name"; do
    run "MinIO's client for JavaScript" "$endpoint" \
      env "NODE_PATH=$place/minio/node_modules" "$node" $programs/with_minio.cjs "$endpoint" "$access_key" "$secret_key"
  done
}

with_go() {
  local go endpoint signature
  go=$(command -v go || command -v /usr/local/go/bin/go) || { left_out 'the OBS SDK for Go, there is no go'; return 0; }
  (cd $programs/go && timeout 120 "$go" mod download) ||
    { left_out 'the OBS SDK for Go, its modules cannot be had'; return 0; }
  (cd $programs/go && "$go" build -buildvcs=false -o "$place/go-client" .)
  for endpoint in "$by_address" "$by_name" "$by_service_name"; do
    for signature in v2 v4 OBS; do
      run 'OBS SDK for Go' "$endpoint, $signature" "$place/go-client" "$endpoint" "$access_key" "$secret_key" "$signature"
    done
  done
}

with_java() {
  local java=$place/java signature
  javac --release 17 -version >/dev/null 2>&1 || { left_out 'the OBS SDK for Java, there is no JDK 17'; return 0; }
  command -v mvn >/dev/null || { left_out 'the OBS SDK for Java, there is no mvn'; return 0; }
  local build=(mvn -B -ntp -q -f $programs/java/pom.xml "-Dplace=$java")
  if ! [ -e "$java/ready" ]; then
    timeout 300 "${build[@]}" generate-resources && touch "$java/ready" ||
      { left_out 'the OBS SDK for Java, Maven does not get it'; return 0; }
  fi
  "${build[@]}" compile
  # The machine may not know the names of buckets below localhost.
  printf '127.0.0.1 %s\n' localhost bucket-of-java.localhost >"$java/hosts"
  local program=(-cp "$java/classes:$(cat "$java/classpath")" objects.Main)
  run 'OBS SDK for Java' "$by_address" \
    java "${program[@]}" "$by_address" "$access_key" "$secret_key" negotiated bucket-of-java
  for signature in negotiated V2; do
    run 'OBS SDK for Java' "$by_name, $signature" java "-Djdk.net.hosts.file=$java/hosts" \
      "${program[@]}" "$by_name" "$access_key" "$secret_key" "$signature" bucket-of-java
  done
}

with_python
with_node
with_minio
with_go
with_java
