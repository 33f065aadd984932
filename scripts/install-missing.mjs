// Runs before `npm start` and `npm test`, with any Node from 20 on: installs the dependencies when they are missing or differ
// from the lockfile. Imports no dependency.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installed = join(root, 'node_modules', '.package-lock.json')
const upToDate =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs

if (!upToDate) {
  process.stderr.write('ims-emulator: installing dependencies (once) ...\n')
  const windows = process.platform === 'win32'
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  })
  process.exit(status ?? 1)
}
