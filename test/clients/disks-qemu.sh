#!/usr/bin/env bash
# Converts disks with the emulator's own code and lets qemu-img compare the bytes that a guest sees, in both directions: files that
# the emulator writes, and files that qemu-img writes. ZVHD and ZVHD2, which qemu-img does not read, are converted there and
# back. A disk of 1 GiB is converted to each format within 64 MiB of memory beyond those at the start.
# Where there is no qemu-img and none can be installed, it says so and ends well.
set -eu
cd "$(dirname "$0")/../.."
node=$PWD/node_modules/.bin/node
convert=$PWD/test/clients/disks/convert.ts

if ! command -v qemu-img >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  { apt-get update && apt-get install -y --no-install-recommends qemu-utils; } >/dev/null 2>&1 || true
fi
command -v qemu-img >/dev/null || { echo 'left out: there is no qemu-img on this machine'; exit 0; }

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
compared=0

# same FORMAT FILE ORIGINAL: fails when the file does not have the bytes of the raw original.
same() {
  qemu-img compare -q -f raw -F "$1" "$3" "$2" || { echo "$2 differs from $3"; exit 1; }
  compared=$((compared + 1))
}

# ours FILE FORMAT TARGET: fails when it takes more than 64 MiB.
ours() {
  rm -f "$3"
  local taken
  taken=$("$node" "$convert" "$1" "$2" "$3")
  [ "$taken" -le 64 ] || { echo "to convert $1 to $2 took $taken MiB of memory"; exit 1; }
}

# written RAW: what the emulator writes of this disk is what qemu-img reads.
written() {
  local raw=$1 format name
  for format in raw qcow2 vhd vmdk; do
    name=$format
    [ "$format" = vhd ] && name=vpc
    ours "$raw" "$format" "out.$format"
    same "$name" "out.$format" "$raw"
  done
  qemu-img check -q -f qcow2 out.qcow2
  qemu-img check -q -f vmdk out.vmdk
  for format in zvhd zvhd2; do
    ours "$raw" "$format" "out.$format"
    ours "out.$format" raw back.raw
    same raw back.raw "$raw"
  done
}

# read_of RAW FORMAT OPTIONS...: what the emulator reads of a file by qemu-img is what qemu-img wrote.
read_of() {
  local raw=$1 format=$2
  shift 2
  qemu-img convert -q -f raw -O "$format" "$@" "$raw" "theirs.$format"
  ours "theirs.$format" raw back.raw
  same raw back.raw "$raw"
}

all_read_of() {
  local raw=$1
  read_of "$raw" qcow2
  read_of "$raw" qcow2 -o compat=0.10
  read_of "$raw" qcow2 -o cluster_size=4k
  read_of "$raw" qcow2 -o cluster_size=2M
  read_of "$raw" qcow2 -o extended_l2=on
  read_of "$raw" qcow2 -o preallocation=metadata
  read_of "$raw" qcow2 -c
  read_of "$raw" qcow2 -c -o compression_type=zstd,cluster_size=2M
  read_of "$raw" qcow
  read_of "$raw" qed
  read_of "$raw" vpc
  read_of "$raw" vpc -o force_size=on
  read_of "$raw" vpc -o subformat=fixed,force_size=on
  read_of "$raw" vhdx
  read_of "$raw" vhdx -o subformat=fixed
  read_of "$raw" vdi
  read_of "$raw" vdi -o static=on
  read_of "$raw" vmdk
  read_of "$raw" vmdk -o zeroed_grain=on
  read_of "$raw" vmdk -o subformat=streamOptimized
}

gunzip -c "$OLDPWD/fixtures/disk-images/guest/guest.raw.gz" >small.raw
written small.raw
all_read_of small.raw

# Beyond what one L2 table, one grain table and one window of a table describe.
truncate -s 3G wide.raw
printf '\x55\xaa' | dd of=wide.raw bs=1 seek=510 conv=notrunc status=none
for gib in 0 1 2; do
  dd if=/dev/urandom of=wide.raw bs=1M count=3 seek=$((gib * 1024 + 510)) conv=notrunc status=none
done
for format in qcow2 vhd vmdk; do
  name=$format
  [ "$format" = vhd ] && name=vpc
  ours wide.raw "$format" "out.$format"
  same "$name" "out.$format" wide.raw
  ours "out.$format" zvhd2 out.zvhd2
  rm -f back.qcow2
  ours out.zvhd2 qcow2 back.qcow2
  same qcow2 back.qcow2 wide.raw
done

truncate -s 1G full.raw
dd if=/dev/urandom of=full.raw bs=1M count=200 seek=1 conv=notrunc status=none
printf '\x55\xaa' | dd of=full.raw bs=1 seek=510 conv=notrunc status=none
for format in qcow2 vhd vmdk zvhd2; do ours full.raw "$format" "out.$format"; done
same vmdk out.vmdk full.raw

echo "$compared disks compared identical"
