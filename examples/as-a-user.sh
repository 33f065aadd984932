# What the run-here.sh of the examples in other languages begins with, after from-checkout.sh: a copy of the example in a
# folder of its own, as a user has it, and the command ims-emulator of this checkout on the PATH.
project=$place/$name
mkdir -p "$project" "$place/bin"
find "$project" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} + # Maven's; what did not change is not compiled again
cp -R "$example"/. "$project"
cd "$project"

printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$root/src/bin.ts" >"$place/bin/ims-emulator.$$"
chmod +x "$place/bin/ims-emulator.$$"
mv "$place/bin/ims-emulator.$$" "$place/bin/ims-emulator"
export PATH="$place/bin:$PATH"

# Makes a virtual environment with what requirements.txt asks for, once for each version of that file, and sets `python`.
install_requirements() {
  local venv=$place/$name-venv wanted
  wanted=$(cksum <requirements.txt)
  python=$venv/bin/python
  [ "$wanted" != "$(cat "$venv/installed" 2>/dev/null)" ] || return 0
  command -v python3 >/dev/null || left_out 'there is no python3'
  { rm -rf "$venv" && python3 -m venv "$venv" && "$python" -m pip install --quiet --disable-pip-version-check --retries 1 \
    -r requirements.txt; } >"$place/$name-pip.log" 2>&1 ||
    { tail -3 "$place/$name-pip.log"; left_out 'pip does not get what it needs'; }
  echo "$wanted" >"$venv/installed"
}
