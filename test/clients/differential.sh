#!/usr/bin/env bash
# Compares `--glance stock` with a real Glance by random requests. Where there is no Glance and none can be installed, it says so and
# ends well.
set -eu
cd "$(dirname "$0")/../.."

if ! /usr/bin/python3 -c 'import glance.cmd.api' 2>/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-glance; } >/dev/null 2>&1 || true
fi
npm run --silent differential -- --steps 500 --optional
