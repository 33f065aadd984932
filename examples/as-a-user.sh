# Sourced after from-checkout.sh by the run-here.sh of examples in other languages: copies the example into a new folder, as a user
# would, and puts the command ims-emulator of this checkout on the PATH.
project=$place/$name
mkdir -p "$project" "$place/bin"
find "$project" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} + # keeps Maven's build, so that unchanged files are not compiled again
cp -R "$example"/. "$project"
cd "$project"

printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$root/src/bin.ts" >"$place/bin/ims-emulator.$$"
chmod +x "$place/bin/ims-emulator.$$"
mv "$place/bin/ims-emulator.$$" "$place/bin/ims-emulator"
export PATH="$place/bin:$PATH"

# Creates a virtual environment from requirements.txt, once for each version of that file, and sets `python`.
install_requirements() {
  local venv=$place/$name-venv wanted
  wanted=$(cksum <requirements.txt)
  python=$venv/bin/python
  [ "$wanted" != "$(cat "$venv/installed" 2>/dev/null)" ] || return 0
  command -v python3 >/dev/null || left_out 'there is no python3'
  { rm -rf "$venv" && python3 -m venv "$venv" && "$python" -m pip install --quiet --disable-pip-version-check --retries 1 \
    -r requirements.txt; } >"$place/$name-pip.log" 2>&1 ||
    { tail -3 "$place/$name-pip.log"; left_out 'pip cannot download its packages'; }
  echo "$wanted" >"$venv/installed"
}
