import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { codeOf } from '../../lib/host-errors.ts'
import { printNote } from '../output.ts'

/** Exit codes of shells for a command that cannot be run. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126
/** Shells add the number of the signal that ended a command to it. */
const SIGNALLED = 128

/**
 * Runs a command with this process's own terminal, and passes on the signals that this process gets.
 * @returns its exit code, as a shell has it: 128 and the number for one that a signal has ended, 127 for one that does not exist.
 */
export async function runChild(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env })
  const release = passOnSignals(child)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        resolve(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal])),
      )
    })
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT'
    printNote(`${command} cannot be run: ${isMissing ? 'there is no such command' : String(codeOf(error))}`)
    return isMissing ? NOT_FOUND : NOT_EXECUTABLE
  } finally {
    release()
  }
}

/** Windows has no SIGQUIT. */
const PASSED_ON: readonly NodeJS.Signals[] = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const),
  ...(process.platform === 'win32' ? [] : (['SIGQUIT'] as const)),
]

/**
 * Passes signals on instead of ending by them, so that what was made for the command is removed after it. A terminal sends those of
 * the keyboard to the command, too, and a second one would abort what the first asked to finish.
 */
function passOnSignals(child: ChildProcess): () => void {
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  const handlers = PASSED_ON.map((signal) => {
    const ofKeyboard = signal === 'SIGINT' || signal === 'SIGQUIT'
    const handler = () => {
      if (!(ofKeyboard && hasTerminal)) child.kill(signal)
    }
    process.on(signal, handler)
    return { signal, handler }
  })
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler)
  }
}
