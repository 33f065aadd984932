/**
 * Runs the README's quick start as a newcomer would: all lines of the shell blocks of that section in one shell, with the
 * emulator of the start command in the background. Fails when a line fails, or when the output does not contain a text that
 * the README shows as output (lines that begin with `# `).
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const section = readme.split(/^## /m).find((part) => part.startsWith('Quick start')) ?? ''
const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
const lines = blocks
  .join('')
  .split('\n')
  .filter((line) => line.trim() !== '')

const shown = (line: string) => line.startsWith('# ')
const isStart = (line: string) => line.startsWith('npm start')
const before = lines.slice(0, lines.findIndex(isStart))
const start = lines.find(isStart) ?? ''
const after = lines.slice(lines.findIndex(isStart) + 1)

const server = spawn('sh', ['-c', `${before.join('\n')}\nexec ${start}`], { cwd: root, detached: true })
let banner = ''
server.stdout.on('data', (chunk) => {
  banner += chunk
})
server.stderr.pipe(process.stderr)
try {
  while (!banner.includes('curl -H')) {
    const [code] = await Promise.race([once(server.stdout, 'data').then(() => []), once(server, 'exit')])
    if (code !== undefined) throw new Error(`${start} ended with ${code}: ${banner}`)
  }
  const script = after
    .filter((line) => !shown(line))
    .map((line) => `echo '+ ${line.replaceAll("'", `'\\''`)}'\n${line} || exit 1\necho`)
    .join('\n')
  const { stdout, status } = spawnSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' })
  console.log(stdout)
  if (status !== 0) throw new Error('a line of the quick start failed')
  for (const line of after.filter(shown)) {
    const meant = line.slice(2)
    if (!stdout.includes(meant)) throw new Error(`the README shows ${meant}, which is not in the output`)
  }
  console.log(`ok ${after.length} lines of the quick start do what they say`)
} finally {
  if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM')
}
