import { Command, InvalidArgumentError, Option } from 'commander'
import { aboutWorld, urlOption, worldOption } from '../address.ts'
import { addDefaultCommand, examples, onDemand } from './command.ts'
import { clockRate, paceFactor, seedNumber } from './start.ts'

const world = () => import('../commands/world.ts')
const snapshot = () => import('../commands/snapshot.ts')

/** `world`: isolated clouds beside the default one. */
export function worldCommand(): Command {
  return new Command('world')
    .description('List, show, create, fork, reset and delete the worlds of a running emulator.')
    .addCommand(
      new Command('list')
        .description('List the worlds.')
        .addOption(urlOption())
        .option('--json', 'print JSON')
        .action(onDemand(async () => (await world()).list)),
    )
    .addCommand(
      printsWorld(
        new Command('show')
          .description('Show a world and what its clients need.')
          .argument('[name]', 'name of the world (default: that of --world)')
          .addOption(worldOption()),
      ).action(onDemand(async () => (await world()).show)),
    )
    .addCommand(createCommand())
    .addCommand(
      printsWorld(
        new Command('fork')
          .description('Copy a world; the new one continues from the present state of the other.')
          .argument('[world]', 'name of the world to copy (default: that of --world)')
          .option('--name <name>', 'name of the new world (default: world-1, world-2 …)')
          .addOption(worldOption()),
      ).action(onDemand(async () => (await world()).fork)),
    )
    .addCommand(
      new Command('reset')
        .description('Put a world back to the start of its scenario, with the same seed and the same ids.')
        .argument('[name]', 'name of the world (default: that of --world)')
        .addOption(urlOption())
        .addOption(worldOption())
        .option('--json', 'print its name as JSON')
        .action(onDemand(async () => (await world()).reset)),
    )
    .addCommand(
      new Command('delete')
        .description('Delete a world and everything in it.')
        .argument('<name>', 'name of the world')
        .addOption(urlOption())
        .option('--json', 'print its name as JSON')
        .action(onDemand(async () => (await world()).remove)),
    )
    .addHelpText(
      'after',
      examples(
        'eval "$(ims-emulator world create --name blue --scenario brown-out --env)"',
        'ims-emulator world delete blue',
      ),
    )
}

function createCommand(): Command {
  return printsWorld(new Command('create').description('Create an isolated cloud.'))
    .option('--name <name>', 'name of the world (default: world-1, world-2 …)')
    .option(
      '--scenario <name|file>',
      "a shipped name or a YAML file of this machine (default: the emulator's)",
    )
    .addOption(new Option('--seed <number>', 'seed of ids and jitter').argParser(seedNumber))
    .addOption(
      new Option(
        '--pace <factor|instant>',
        'how many times faster than in the cloud the flows run',
      ).argParser(paceFactor),
    )
    .addOption(
      new Option('--clock <host|frozen|rate>', 'virtual seconds per real second').argParser(clockRate),
    )
    .addOption(
      new Option(
        '--auth <mode>',
        'accept any token or access key, or verify them and enforce policies',
      ).choices(['lenient', 'strict']),
    )
    .option(
      '--idle <duration>',
      'real time without requests after which the world may make room for a new one; or never',
    )
    .action(onDemand(async () => (await world()).create))
}

/** Adds the options of a command that prints a world. */
function printsWorld(command: Command): Command {
  return command
    .addOption(urlOption())
    .addOption(new Option('--json', 'print JSON'))
    .addOption(new Option('--env', 'print export lines for a shell').conflicts('json'))
}

/** `snapshot`: saved states of a world. */
export function snapshotCommand(): Command {
  const command = new Command('snapshot').description(
    'List, save, restore and delete the snapshots of a world, or download the world itself.',
  )
  return addDefaultCommand(
    command,
    aboutWorld(new Command('list'))
      .description('List the snapshots of the world.')
      .action(onDemand(async () => (await snapshot()).list)),
  )
    .addCommand(
      aboutSnapshot('save', 'Save the present state of the world.').action(
        onDemand(async () => (await snapshot()).save),
      ),
    )
    .addCommand(
      aboutSnapshot(
        'restore',
        'Go back to a snapshot: images, jobs, rules and the clock. The journal is kept.',
      ).action(onDemand(async () => (await snapshot()).restore)),
    )
    .addCommand(
      aboutSnapshot('delete', 'Delete a snapshot.').action(onDemand(async () => (await snapshot()).remove)),
    )
    .addCommand(
      aboutWorld(new Command('download'))
        .description('Write the present state of the world to a SQLite file for start --from.')
        .argument('<file>', 'file to write')
        .option('--no-blobs', 'leave out the bytes of its images')
        .action(onDemand(async () => (await snapshot()).download)),
    )
}

function aboutSnapshot(verb: string, description: string): Command {
  return aboutWorld(new Command(verb)).description(description).argument('<name>', 'name of the snapshot')
}

/** `bucket`: the buckets of a world and the objects in them. */
export function bucketCommand(): Command {
  const bucket = () => import('../commands/bucket.ts')
  return new Command('bucket')
    .description('List, copy, delete and make objects in the buckets of a world.')
    .addCommand(
      aboutWorld(new Command('ls'))
        .description('List the buckets, or the objects of one.')
        .argument('[bucket[:prefix]]', 'name of a bucket, and the beginning of its keys')
        .action(onDemand(async () => (await bucket()).list)),
    )
    .addCommand(
      aboutWorld(new Command('cp'))
        .description(
          'Copy a file of this machine into a bucket, an object to a file, or an object to another.',
        )
        .argument('<from>', 'a file, or bucket:key')
        .argument('<to>', 'a file or a directory, or bucket:key; a key that ends with / is a directory')
        .action(onDemand(async () => (await bucket()).copy)),
    )
    .addCommand(
      aboutWorld(new Command('rm'))
        .description(
          'Delete an object, all objects below a key that ends with /, or a bucket with all in it.',
        )
        .argument('<bucket[:key]>', 'what to delete')
        .action(onDemand(async () => (await bucket()).remove)),
    )
    .addCommand(
      aboutWorld(new Command('make-disk'))
        .description('Make an empty disk as an object.')
        .argument('<bucket:key>', 'the object, such as images:disk.qcow2')
        .addOption(
          new Option('--format <format>', 'format of the disk').choices(['qcow2', 'raw']).default('qcow2'),
        )
        .option('--size <size>', 'size of the disk', '1GiB')
        .action(onDemand(async () => (await bucket()).makeDisk)),
    )
    .addHelpText(
      'after',
      examples(
        'ims-emulator bucket cp jammy.qcow2 images:',
        'ims-emulator bucket make-disk images:empty.qcow2 --size 40GiB',
        'ims-emulator bucket cp images:out/copy.qcow2 .',
      ),
    )
}

/** `image`: disk images of this machine in a world, and the list of images. */
export function imageCommand(): Command {
  return new Command('image')
    .description('Put a disk image of this machine into the emulated cloud, or write the list of images.')
    .addCommand(
      aboutWorld(new Command('import'))
        .description('Upload a disk image as a private image and print its id.')
        .argument('<file>', 'qcow2, vmdk, vhd, vhdx, vdi, iso or raw; detected from its bytes')
        .option('--name <name>', 'name of the image (default: that of the file)')
        .option('--os-version <name>', 'operating system, such as "Ubuntu 22.04 server 64bit"')
        .addOption(
          new Option('--min-disk <GB>', 'smallest system disk (default: the size of its disk)').argParser(
            gigabytes,
          ),
        )
        .option('--disk-format <format>', 'declare this format instead of the detected one')
        .addHelpText(
          'after',
          examples(
            'ims-emulator image import jammy.qcow2 --os-version "Ubuntu 22.04 server 64bit"',
            'id=$(ims-emulator image import disk.raw --name mine)',
          ),
        )
        .action(onDemand(async () => (await import('../commands/image.ts')).importImage)),
    )
    .addCommand(
      aboutWorld(new Command('export-list'))
        .description('Write the list of private or public images as the console exports it.')
        .argument('[file]', 'file to write, .csv or .xlsx; without it CSV goes to standard output')
        .option('--public', 'the public images instead of the private ones')
        .option('--ids <ids>', 'these images alone; ids with commas between them')
        .option('--project <id>', "project whose private images are listed (default: the demo user's)")
        .addHelpText(
          'after',
          examples('ims-emulator image export-list images.xlsx', 'ims-emulator image export-list --public'),
        )
        .action(onDemand(async () => (await import('../commands/image-list.ts')).exportList)),
    )
}

function gigabytes(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Give a whole number of GB.')
  return Number(text)
}
