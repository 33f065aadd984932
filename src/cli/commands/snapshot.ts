import { Command } from 'commander'
import { connectWorld } from '../../client/emulator-client.ts'
import { type Asked, aboutWorld } from '../address.ts'
import { bytesInWords } from '../bytes-in-words.ts'
import { inColumns } from '../columns.ts'
import { addDefaultCommand } from '../default-command.ts'
import { printJson, printLines } from '../print.ts'
import { saveBytes } from '../write-to.ts'

/** `snapshot`: a world as it was at a moment. */
export function snapshotCommand(): Command {
  const command = new Command('snapshot').description(
    'List, save, restore and delete the snapshots of a world, or download the world itself.',
  )
  return addDefaultCommand(command, listCommand())
    .addCommand(saveCommand())
    .addCommand(
      about(
        'restore',
        'Go back to a snapshot: images, jobs, rules and the clock; the journal goes on.',
      ).action(async (name: string, { url, world, json }: Asked) => {
        await (await connectWorld(url, world)).snapshots.restore(name)
        if (json) printJson({ restored: name })
        else printLines([`${world} is back at ${name}`])
      }),
    )
    .addCommand(
      about('delete', 'Delete a snapshot.').action(async (name: string, { url, world, json }: Asked) => {
        await (await connectWorld(url, world)).snapshots.remove(name)
        if (json) printJson({ deleted: name })
        else printLines([`${name} is deleted`])
      }),
    )
    .addCommand(downloadCommand())
}

function listCommand(): Command {
  return aboutWorld(new Command('list'))
    .description('The snapshots of the world.')
    .action(async ({ url, world, json }: Asked) => {
      const snapshots = await (await connectWorld(url, world)).snapshots.list()
      if (json) return printJson(snapshots)
      if (snapshots.length === 0) return printLines([`${world} has no snapshots`])
      const rows = snapshots.map(({ name, time, bytes }) => [name, time, bytesInWords(bytes)])
      printLines(inColumns([['NAME', 'TIME', 'SIZE'], ...rows]))
    })
}

function saveCommand(): Command {
  return about('save', 'Save the world as it is now.').action(
    async (name: string, { url, world, json }: Asked) => {
      const saved = await (await connectWorld(url, world)).snapshots.save(name)
      if (json) printJson(saved)
      else printLines([`${name} is saved: ${world} at ${saved.time}, ${bytesInWords(saved.bytes)}`])
    },
  )
}

function downloadCommand(): Command {
  return aboutWorld(new Command('download'))
    .description('Write the world, as it is now, to a SQLite file: what start --from goes on from.')
    .argument('<file>', 'where to')
    .option('--no-blobs', 'without the bytes of its images')
    .action(async (file: string, { url, world, json, blobs }: Asked & { blobs: boolean }) => {
      const size = await saveBytes(file, await (await connectWorld(url, world)).database({ blobs }))
      if (json) printJson({ file, bytes: size })
      else
        printLines([
          `${world} is written to ${file}, ${bytesInWords(size)}`,
          ...(blobs ? [`go on from it: ims-emulator start --from ${file}`] : []),
        ])
    })
}

/** A command about one snapshot. */
function about(verb: string, description: string): Command {
  return aboutWorld(new Command(verb)).description(description).argument('<name>', 'its name')
}
