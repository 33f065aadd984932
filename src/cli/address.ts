import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_WORLD } from '../contract/emulator.ts'

/** Where it listens unless told otherwise. */
const USUAL_URL = 'http://127.0.0.1:7878'

/** Where a command finds a running emulator. */
export function urlOption(flag = '--url <url>'): Option {
  return new Option(flag, 'a running emulator').env('IMS_URL').default(USUAL_URL).argParser(emulatorUrl)
}

/** Which of its worlds a command is about. */
export function worldOption(): Option {
  return new Option('--world <name>', 'one of its worlds').env('IMS_WORLD').default(DEFAULT_WORLD)
}

/** What the options above say. */
interface Address {
  url: string
  world: string
}

/** What a command is told that asks a world. */
export interface Asked extends Address {
  json?: boolean
}

/** A command about a world of a running emulator: where it is, which it is, and whether the answer is read by a program. */
export function aboutWorld(command: Command): Command {
  return command.addOption(urlOption()).addOption(worldOption()).option('--json', 'print it as JSON')
}

/** An address without a slash at the end, as paths are put behind it. */
function emulatorUrl(text: string): string {
  // A variable that is set to nothing is not set.
  if (text === '') return USUAL_URL
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('Give an address such as http://127.0.0.1:7878.')
  return url.href.replace(/\/+$/, '')
}
