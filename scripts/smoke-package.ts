/** Packs the package, installs it into an empty folder, starts it, imports one image over HTTP and stops it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const place = mkdtempSync(join(tmpdir(), 'ims-emulator-smoke-'))
const quiet = ['--loglevel=error']

function expectEqual(what: string, found: unknown, meant: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(meant)) {
    throw new Error(`${what}: found ${JSON.stringify(found)}, meant ${JSON.stringify(meant)}`)
  }
  console.log(`ok ${what}`)
}

async function endpointOf(child: ChildProcess): Promise<string> {
  let out = ''
  while (!out.includes('curl')) {
    const [chunk] = await Promise.race([
      once(child.stdout ?? child, 'data'),
      once(child, 'exit').then(() => ['']),
    ])
    if (chunk === '') throw new Error(`it ended before it was ready: ${out}`)
    out += chunk
  }
  return /endpoint\s+(\S+)/.exec(out)?.[1] ?? ''
}

try {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', place], {
    cwd: root,
    encoding: 'utf8',
  })
  writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }')
  execFileSync('npm', ['install', ...quiet, join(place, packed.trim())], { cwd: place, stdio: 'inherit' })
  mkdirSync(join(place, 'buckets', 'images'), { recursive: true })
  copyFileSync(join(root, 'fixtures/disk-images/tiny-v3.qcow2'), join(place, 'buckets/images/tiny.qcow2'))

  const bin = join(place, 'node_modules', '.bin', 'ims-emulator')
  const child = spawn(bin, ['--port', '0', '--buckets', 'buckets', '--scenario', 'instant'], { cwd: place })
  child.stderr.pipe(process.stderr)
  const url = await endpointOf(child)
  const headers = { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' }
  const body = JSON.stringify({ name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 })
  const created = await fetch(`${url}/v2/cloudimages/action`, { method: 'POST', headers, body })
  expectEqual('the import is accepted', created.status, 200)
  const listed = JSON.parse(await (await fetch(`${url}/v2/cloudimages?name=tiny`, { headers })).text())
  expectEqual('the image is active', listed.images?.[0]?.status, 'active')
  child.kill('SIGTERM')
  expectEqual('it stops when told', (await once(child, 'exit'))[0], 0)

  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  writeFileSync(join(place, 'readme.test.ts'), /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '')
  symlinkSync(join(root, 'node_modules', 'vitest'), join(place, 'node_modules', 'vitest'))
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  execFileSync(process.execPath, [vitest, 'run', '--root', place], { cwd: place, stdio: 'inherit' })
  console.log('ok the test of the README passes')
  const project = join(place, 'project')
  mkdirSync(project)
  const testing = readFileSync(join(root, 'docs/testing.md'), 'utf8')
  for (const [, name = '', text = ''] of testing.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g))
    writeFileSync(join(project, name), text)
  execFileSync(process.execPath, [vitest, 'run', '--root', project], { cwd: project, stdio: 'inherit' })
  console.log('ok the project of docs/testing.md passes')

  // The package's declarations must not import those of dev dependencies, which a user has not installed.
  mkdirSync(join(place, 'node_modules', '@types'), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(place, 'node_modules/@types/node'))
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' })
  console.log('ok its types are right without skipLibCheck')
} finally {
  rmSync(place, { recursive: true, force: true })
}
