#!/usr/bin/env bash
# Makes the small disk images in fixtures/disk-images, one for each format and feature that
# src/lib/disk-image reads. Run it only to change them: the results are committed. It prints their
# properties, which test/lib/disk-image/fixtures.test.ts expects.
#
# Needs qemu-img 7 or newer (Debian: qemu-utils), genisoimage or xorriso (Debian: genisoimage), gzip.
# No fixture is larger than 300 kB: VHDX and LUKS, which cannot be small, are committed as .gz. The
# dynamic VHD and the VDI are blank disks, because one allocated block would take 2 MiB and 1 MiB.
# All others contain the bytes of tiny.raw.
#
# Usage: scripts/make-disk-images.sh
set -euo pipefail

cd "$(dirname "$0")/.."
mkdir -p fixtures/disk-images
cd fixtures/disk-images

put() { # put FILE OFFSET: standard input goes into FILE at OFFSET, nothing else of FILE changes
  dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# 256 KiB with a master boot record: a jump as boot code, one bootable Linux partition from sector 8 on
# (504 sectors), the signature, and a line of text where the partition starts.
rm -f tiny.raw
truncate -s 256K tiny.raw
printf '\xeb\x3c\x90ims-emulator' | put tiny.raw 0
printf '\x80\x00\x09\x00\x83\x08\x08\x00\x08\x00\x00\x00\xf8\x01\x00\x00' | put tiny.raw 446
printf '\x55\xaa' | put tiny.raw 510
printf 'a partition of a very small disk\n' | put tiny.raw 4096

qemu-img convert -q -f raw -O qcow2 -o compat=0.10,cluster_size=4096 tiny.raw tiny-v2.qcow2
qemu-img convert -q -f raw -O qcow2 -o compat=1.1,cluster_size=16384 tiny.raw tiny-v3.qcow2
qemu-img convert -q -f raw -O qcow tiny.raw tiny.qcow
qemu-img convert -q -f raw -O qed -o cluster_size=4096,table_size=2 tiny.raw tiny.qed
qemu-img convert -q -f raw -O vmdk -o subformat=monolithicSparse tiny.raw tiny.vmdk
qemu-img convert -q -f raw -O vmdk -o subformat=streamOptimized tiny.raw tiny-stream.vmdk
qemu-img create -q -f vpc -o subformat=dynamic tiny.vhd 256K
qemu-img convert -q -f raw -O vpc -o subformat=fixed tiny.raw tiny-fixed.vhd
qemu-img convert -q -f raw -O vhdx -o block_size=1M tiny.raw tiny.vhdx
qemu-img create -q -f vdi tiny.vdi 256K
qemu-img create -q -f qcow2 -o cluster_size=4096,backing_fmt=qcow2 -b tiny-v3.qcow2 overlay.qcow2
qemu-img create -q -f qcow -b tiny.qcow -F qcow overlay.qcow
qemu-img create -q -f qed -o cluster_size=4096,table_size=2 -b tiny.qed -F qed overlay.qed
qemu-img create -q -f vmdk -b tiny.vmdk -F vmdk overlay.vmdk
qemu-img create -q -f qcow2 two-gib.qcow2 2G
qemu-img create -q -f qcow2 --object secret,id=key,data=not-a-secret \
  -o encrypt.format=luks,encrypt.key-secret=key,encrypt.cipher-alg=aes-128,encrypt.iter-time=10,cluster_size=4096 \
  encrypted.qcow2 256K

# A VMDK whose data is in another file, which is not kept: the fixture is the descriptor alone.
qemu-img convert -q -f raw -O vmdk -o subformat=monolithicFlat tiny.raw flat-descriptor.vmdk
rm flat-descriptor-flat.vmdk

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
printf 'a file on a very small CD\n' > "$tree/README.TXT"
if command -v genisoimage > /dev/null; then
  genisoimage -quiet -no-pad -V IMSTINY -o tiny.iso "$tree"
else
  xorriso -as mkisofs -quiet -no-pad -V IMSTINY -o tiny.iso "$tree"
fi

printf 'This is a text file. It holds no disk.\n' > not-a-disk.txt

for image in *.qcow2 *.qcow *.qed *.vmdk *.vhd *.vhdx *.vdi *.iso *.raw; do
  # A fixed VHD has no header, so qemu-img would detect it as raw.
  probe=()
  [ "$image" = tiny-fixed.vhd ] && probe=(-f vpc)
  printf '== %s\n' "$image"
  qemu-img info --output=json "${probe[@]}" "$image" || true
done

gzip -9nf tiny.vhdx encrypted.qcow2
