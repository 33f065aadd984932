import { writeSync } from 'node:fs'
import { observeFiles } from '../../src/database/durable-files.ts'
import { ask, openChanged } from './data-states.ts'

/**
 * Restores a snapshot, and stops before an operation on files until the process is killed. It prints a line when it has stopped.
 * Arguments: the data folder, and the operation with its number, e.g. `rename 2`.
 */
const [data = '', point = ''] = process.argv.slice(2)
const emulator = await openChanged(data)
const counts = new Map<string, number>()
using _ = observeFiles((operation) => {
  const count = (counts.get(operation) ?? 0) + 1
  counts.set(operation, count)
  if (`${operation} ${count}` !== point) return
  writeSync(1, 'stopped\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
await ask(emulator, 'PUT', '/_ims/snapshots/start/restore')
