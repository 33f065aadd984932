import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))
const src = new URL('../../src/', import.meta.url).href

/** Records the URL of every module that the process loads and prints the list on file descriptor 3 at the end. */
const recorder = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  const urls = new Set()
  registerHooks({
    load(url, context, next) {
      urls.add(url)
      return next(url, context)
    },
  })
  process.on('exit', () => writeSync(3, [...urls].join('\\n')))
`)}`

/** Runs the command line and splits the modules that it loads into ours and names of packages. */
function loadedBy(args: readonly string[]) {
  const { output, status } = spawnSync(process.execPath, ['--import', recorder, bin, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 24,
  })
  expect({ status, err: output[2] }).toEqual({ status: 0, err: '' })
  const urls = (output[3] ?? '').split('\n')
  return {
    ours: urls.filter((url) => url.startsWith(src)).map((url) => url.slice(src.length)),
    packages: new Set(urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [])),
  }
}

test.each([
  ['--help'],
  ['--version'],
  ['start --help'],
  ['world create --help'],
  ['completion bash'],
  ['completion zsh'],
  ['completion fish'],
])('%s loads no server, no database and no action', (line) => {
  const { ours, packages } = loadedBy(line.split(' '))
  expect(ours).toContain('cli/main.ts')
  expect(ours.filter((path) => /^(?:cli\/commands|http|services|worlds|database)\//.test(path))).toEqual([])
  expect(ours.length).toBeLessThan(60)
  for (const name of ['better-sqlite3', 'drizzle-orm', 'hono', '@hono/node-server'])
    expect(packages).not.toContain(name)
})

test('a command about files loads no HTTP server', () => {
  const { ours } = loadedBy(['scenario', 'list'])
  expect(ours).toContain('cli/commands/scenario.ts')
  expect(ours).not.toContain('cli/commands/start.ts')
  expect(ours.filter((path) => path.startsWith('http/'))).toEqual([])
})
