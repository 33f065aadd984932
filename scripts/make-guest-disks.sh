#!/usr/bin/env bash
# Makes the disk images in fixtures/disk-images/guest: one disk in every format, from whose files
# test/lib/disk-image/guest-bytes.test.ts reads the bytes of guest.raw. Run it only to change them: the results are committed.
#
# Needs qemu-img and qemu-io 7 or newer (Debian: qemu-utils), openssl, gzip.
#
# Usage: scripts/make-guest-disks.sh
set -eu

mkdir -p "$(dirname "$0")/../fixtures/disk-images/guest"
cd "$(dirname "$0")/../fixtures/disk-images/guest"

# 3 MiB and three sectors, with data that packs well, data that does not, and clusters that were written with zeros.
rm -f ./*
truncate -s $((3 * 1024 * 1024 + 3 * 512)) guest.raw
noise() { openssl enc -aes-128-ctr -nosalt -K 00000000000000000000000000000000 -iv 00000000000000000000000000000000 -in /dev/zero 2> /dev/null | head -c "$1" || true; }
noise 5000 | dd of=guest.raw conv=notrunc status=none
yes 'a line of a file' 2> /dev/null | head -c 200000 | dd of=guest.raw bs=4096 seek=255 conv=notrunc status=none
noise 20000 | dd of=guest.raw bs=4096 seek=600 conv=notrunc status=none
noise 512 | dd of=guest.raw bs=512 seek=$((3 * 2048 + 2)) conv=notrunc status=none
make() { # make FILE FORMAT OPTIONS...: converts guest.raw, then overwrites 64 KiB without data with zeros
  local file=$1 format=$2
  shift 2
  qemu-img convert -q -f raw -O "$format" "$@" guest.raw "$file"
  qemu-io -f "$format" -c 'write -q -z 2M 64k' "$file" || true
}
make v2.qcow2 qcow2 -o compat=0.10
make v3.qcow2 qcow2
make small-clusters.qcow2 qcow2 -o cluster_size=512
make deflate.qcow2 qcow2 -c
make zstd.qcow2 qcow2 -c -o compression_type=zstd
make extended.qcow2 qcow2 -o extended_l2=on,cluster_size=32k
# QEMU fails at the end of the disk, which is no whole cluster, after it has written it.
qemu-img convert -q -f raw -O qcow -c guest.raw deflate.qcow 2> /dev/null || true
make plain.qcow qcow
make plain.qed qed
make fixed.vhd vpc -o subformat=fixed,force_size=on
make dynamic.vhd vpc -o force_size=on
make dynamic.vhdx vhdx -o block_size=1M
make dynamic.vdi vdi
make sparse.vmdk vmdk -o zeroed_grain=on
qemu-img convert -q -f raw -O vmdk -o subformat=streamOptimized guest.raw stream.vmdk
gzip -9n ./*
