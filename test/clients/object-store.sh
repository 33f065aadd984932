#!/usr/bin/env bash
# Runs `--object-store` against a real S3 server: moto, which verifies signatures once it has keys. boto3 is the application
# beside the emulator. Where there is no Python to make a virtual environment with, it says so and ends well.
set -eu
cd "$(dirname "$0")/../.."
venv=.tmp/object-store
if ! command -v python3 >/dev/null; then
  echo 'left out: there is no python3 on this machine'
  exit 0
fi
mkdir -p .tmp
if ! [ -x "$venv/bin/moto_server" ]; then
  python3 -m venv "$venv" || { echo 'left out: python3 cannot make a virtual environment'; exit 0; }
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5
fi
exec "$venv/bin/python" test/clients/object-store.py node_modules/.bin/node src/bin.ts
