// Builds the package into dist/: JavaScript and declarations from src/, and the data files that the code reads from its own folder.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)
cpSync(join(root, 'src/database/migrations'), join(dist, 'database/migrations'), { recursive: true })
const explorer = dirname(fileURLToPath(import.meta.resolve('openapi-explorer/package.json')))
const script = 'openapi-explorer.min.js'
cpSync(join(explorer, 'dist/browser', script), join(dist, 'control', script))
cpSync(join(explorer, 'LICENSE'), join(dist, 'control', `${script}.LICENSE.txt`))
chmodSync(join(dist, 'bin.js'), 0o755)
