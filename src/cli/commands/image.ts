import { Command, InvalidArgumentError, Option } from 'commander'
import { connectWorld } from '../../client/emulator-client.ts'
import { type Asked, aboutWorld } from '../address.ts'
import { localDisk } from '../local-disk.ts'
import { printJson, printLines } from '../print.ts'
import { progressOn } from '../progress.ts'
import { uploadImage } from '../upload-image.ts'

interface Flags extends Asked {
  name?: string
  osVersion?: string
  minDisk?: number
  diskFormat?: string
}

/** `image`: disk images of this machine in the emulated cloud. */
export function imageCommand(): Command {
  return new Command('image')
    .description('Put a disk image of this machine into the emulated cloud.')
    .addCommand(importCommand())
}

function importCommand(): Command {
  return aboutWorld(new Command('import'))
    .description('Upload a disk image as a private image, and print its id.')
    .argument('<file>', 'qcow2, vmdk, vhd, vhdx, vdi, iso or raw; told by its bytes')
    .option('--name <name>', 'of the image (default: that of the file)')
    .option('--os-version <name>', 'what is in it, such as "Ubuntu 22.04 server 64bit"')
    .addOption(
      new Option('--min-disk <GB>', 'smallest system disk (default: what the disk in it needs)').argParser(
        gigabytes,
      ),
    )
    .option('--disk-format <format>', 'what it is said to be, where its bytes say something else')
    .addHelpText(
      'after',
      '\nExamples:\n  ims-emulator image import jammy.qcow2 --os-version "Ubuntu 22.04 server 64bit"\n  id=$(ims-emulator image import disk.raw --name mine)',
    )
    .action(async (file: string, { url, world, json, ...described }: Flags) => {
      const disk = localDisk(file)
      const client = await connectWorld(url, world)
      const image = await uploadImage(client, disk, described, progressOn(process.stderr, disk))
      if (json) printJson(image)
      else printLines([image.id])
    })
}

function gigabytes(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Give a whole number of GB.')
  return Number(text)
}
