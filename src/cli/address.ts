import { type Command, InvalidArgumentError, Option } from 'commander'
import type { DEFAULT_WORLD } from '../worlds/world-name.ts'

/** The address that `start` listens on by default. */
export const DEFAULT_URL = 'http://127.0.0.1:7878'

/** The same name as in the contract, which is not loaded here: the help and the completion need nothing else of it. */
const WORLD: typeof DEFAULT_WORLD = 'default'

/** The option with the address of a running emulator. */
export function urlOption(flag = '--url <url>'): Option {
  return new Option(flag, 'address of a running emulator')
    .env('IMS_URL')
    .default(DEFAULT_URL)
    .argParser(emulatorUrl)
}

/** The option with the name of a world of that emulator. */
export function worldOption(): Option {
  return new Option('--world <name>', 'name of a world').env('IMS_WORLD').default(WORLD)
}

/** Parsed options of a command about a world of a running emulator. */
export interface WorldFlags {
  url: string
  world: string
  /** Print JSON for programs instead of lines for people. */
  json?: boolean
}

/** Adds `--url`, `--world` and `--json` to a command. */
export function aboutWorld(command: Command): Command {
  return command.addOption(urlOption()).addOption(worldOption()).option('--json', 'print JSON')
}

/** `--url` without a default, for a command that also works when no emulator runs. */
export function optionalUrlOption(description: string): Option {
  return new Option('--url <url>', description).env('IMS_URL').argParser(emulatorUrl)
}

/** Parses an address and drops slashes at its end, because paths are appended to it. */
function emulatorUrl(text: string): string {
  // An empty variable counts as not set.
  if (text === '') return DEFAULT_URL
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('Give an address such as http://127.0.0.1:7878.')
  return url.href.replace(/\/+$/, '')
}
