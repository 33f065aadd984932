import { controlClient, sendWithKey } from '../../client/control-client.ts'
import { connectWorld } from '../../client/emulator-client.ts'
import { showAuthority } from '../../control/contract/status.ts'
import { openTemporaryFolder } from '../../worlds/temporary-folder.ts'
import { printNote } from '../output.ts'
import { runChild } from '../run/child.ts'
import { clientVariables, environmentWith } from '../run/environment.ts'
import { openPlace, type PlaceFlags } from '../run/place.ts'
import { trustVariables } from '../run/trust.ts'

/**
 * `run`: opens a world, sets the environment in which clients find it under the cloud's own addresses, and runs a command. What
 * was made for it is removed afterwards.
 * @returns the exit code of the command.
 */
export async function run(command: readonly string[], flags: PlaceFlags): Promise<number> {
  await using place = await openPlace(flags)
  const { url, world } = place
  const authority = await controlClient(url, sendWithKey).call(showAuthority, showAuthority.responses[200])
  const scratch = openTemporaryFolder()
  try {
    const environment = environmentWith(process.env, [
      ...clientVariables(place, process.env),
      ...trustVariables(authority, scratch.path, process.env),
    ])
    const code = await runChild(command, environment)
    if (!place.isOwn) await noteUnsupported(url, world.name)
    return code
  } finally {
    scratch.remove()
  }
}

/** Most operations that are listed. */
const MOST_LISTED = 20

/** Prints the operations that the command wanted and that are not emulated: a running emulator has told it to another terminal. */
async function noteUnsupported(url: string, world: string): Promise<void> {
  const { journal } = await connectWorld(url, world)
  const { requests } = await journal.page({ unsupported: true })
  const operations = new Set(requests.map(({ service, method, path }) => `${service}: ${method} ${path}`))
  for (const operation of [...operations].slice(0, MOST_LISTED)) printNote(`${operation} is not emulated`)
}
