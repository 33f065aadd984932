# Functions for every run-here.sh, which sources this file with the name of its example. Examples run against this checkout: its
# emulator, or the package that is packed from it. Everything is installed into .tmp/examples.
set -eu
name=$1
example=$(cd "$(dirname "${BASH_SOURCE[0]}")/$name" && pwd)
root=$(cd "$example/../.." && pwd)
place=$root/.tmp/examples
mkdir -p "$place"
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT

# Use the Node that the checkout has installed, not the machine's.
node=$("$root/node_modules/.bin/node" -p process.execPath)
export PATH="$(dirname "$node"):$PATH"
tarball=ims-emulator-$(node -p 'require(process.argv[1]).version' "$root/package.json").tgz

ok() { echo "ok $name"; }

left_out() {
  echo "left out: $name, $1"
  exit 0
}

# Starts an emulator of this checkout with the given flags and sets IMS_URL; does nothing if IMS_URL is set.
start_emulator() {
  [ -z "${IMS_URL:-}" ] || return 0
  local log=$place/$name.log
  : >"$log" # so that it can be read before the process below has begun
  node "$root/src/bin.ts" --port 0 "$@" >"$log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    IMS_URL=$(sed -n 's/^  endpoint *//p' "$log")
    [ -z "$IMS_URL" ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  [ -n "$IMS_URL" ] || { cat "$log"; return 1; }
  export IMS_URL
}

# Packs this checkout with `npm pack`; builds it first if a source is newer than the build.
pack() {
  local package=$place/$tarball
  if ! [ -e "$root/dist/bin.js" ] || [ -n "$(find "$root/src" "$root/package.json" -newer "$root/dist/bin.js" | head -1)" ]; then
    (cd "$root" && npm run --silent build)
  fi
  if ! [ -e "$package" ] || [ -n "$(find "$root/dist" "$root/scenarios" "$root/fixtures" -newer "$package" | head -1)" ]; then
    (cd "$root" && npm pack --silent --pack-destination "$place" >/dev/null)
  fi
}

# Copies the example into a new folder, as a user would, installs the dependencies of its package.json, and changes to the folder.
# Dependencies are kept for the next run; the packed package is always replaced.
install_project() {
  local project=$place/$name installed=$place/$name.installed wanted
  mkdir -p "$project"
  find "$project" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
  cp -R "$example"/. "$project"
  cd "$project"
  wanted=$({ cat package.json; node -p 'JSON.stringify(require(process.argv[1]).dependencies)' "$root/package.json"; } | cksum)
  if grep -q ims-emulator- package.json; then
    pack
    cp "$place/$tarball" .
  fi
  if [ "$wanted" != "$(cat "$installed" 2>/dev/null)" ]; then
    rm -rf node_modules
    npm install --prefer-offline --fetch-retries 1 --no-package-lock --no-audit --no-fund --loglevel=error >"$place/$name-npm.log" 2>&1 ||
      { tail -5 "$place/$name-npm.log"; left_out 'npm cannot download its packages'; }
    echo "$wanted" >"$installed"
  elif [ -e "$tarball" ]; then
    rm -rf node_modules/ims-emulator && mkdir node_modules/ims-emulator
    tar -xzf "$tarball" -C node_modules/ims-emulator --strip-components=1
  fi
}

# Installs check-jsonschema and kubernetes-validate, which include their schemas, and sets `validate` to their folder.
validators() {
  local python=$place/validators
  command -v python3 >/dev/null || left_out 'there is no python3 for the parsers'
  if ! [ -e "$python/ready" ]; then
    { python3 -m venv "$python" && "$python/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
      check-jsonschema==0.39.0 kubernetes-validate==1.37.0; } >"$place/validators.log" 2>&1 ||
      { tail -3 "$place/validators.log"; left_out 'pip cannot download the parsers'; }
    touch "$python/ready"
  fi
  validate=$python/bin
}

# Checks that every IMS_… variable in the files is read by the emulator or by an example.
check_variables() {
  local known=" IMS_URL IMS_EMULATOR_IMAGE IMS_EMULATOR_REPOSITORY $(node "$root/src/bin.ts" start --help | grep -oE 'IMS_[A-Z_]+' | tr '\n' ' ')"
  for variable in $(grep -ohE '\bIMS_[A-Z_]+' "$@" | sort -u); do
    [[ $known == *" $variable "* ]] || { echo "$name: the variable $variable is not read by the emulator"; return 1; }
  done
}

# Checks that every path of the control plane in the files answers, under each host name that the examples use.
check_paths() {
  local host=${IMS_URL#http://}
  for path in $(grep -ohE '/_ims/[a-z]+' "$@" | sort -u); do
    for called in "$host" 10.0.0.7:7878 ims-emulator:7878; do
      curl -sSf -o /dev/null -H "Host: $called" "$IMS_URL$path" || { echo "$name: $path does not answer to $called"; return 1; }
    done
  done
}

# Validates a compose file with Docker Compose if installed, else with its schema; then checks what the schema cannot express.
check_compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose -f "$1" config --quiet
  else
    validators
    "$validate/check-jsonschema" --quiet --builtin-schema vendor.compose-spec "$1"
  fi
  node "$root/examples/check-compose.mjs" "$1"
}
