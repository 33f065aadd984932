/**
 * Runs the stages of the Dockerfile without a container engine: copies their files into an empty folder, runs their RUN lines
 * there, and starts the entry point until it is ready. For machines that cannot build an image.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DockerfileParser } from 'dockerfile-ast'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const place = mkdtempSync(join(tmpdir(), 'ims-emulator-docker-'))
const dockerfile = DockerfileParser.parse(readFileSync(join(root, 'Dockerfile'), 'utf8'))

function copy(from: string, sources: string[], to: string, target: string): void {
  for (const source of sources.flatMap((pattern) =>
    globSync(pattern.replace(/^\/app\//, ''), { cwd: from }),
  )) {
    const intoFolder = target.endsWith('/')
    cpSync(join(from, source), intoFolder ? join(to, target, basename(source)) : join(to, target), {
      recursive: true,
    })
  }
}

let stage = ''
try {
  for (const instruction of dockerfile.getInstructions()) {
    const words = instruction.getArguments().map((word) => word.getValue())
    if (instruction.getKeyword() === 'FROM') {
      stage = join(place, words[2] ?? 'final')
      mkdirSync(stage)
    }
    if (instruction.getKeyword() === 'COPY') {
      const text = instruction.getTextContent()
      const from = /--from=(\w+)/.exec(text)?.[1]
      const paths = words.filter((word) => !word.startsWith('--'))
      copy(from === undefined ? root : join(place, from), paths.slice(0, -1), stage, paths.at(-1) ?? './')
    }
    if (instruction.getKeyword() === 'RUN') {
      const command = words.join(' ')
      if (/chown/.test(command)) continue // needs root and folders that only the image has
      console.log(`RUN ${command}`)
      const { status } = spawnSync('sh', ['-c', command], {
        cwd: stage,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      if (status !== 0) throw new Error(`${command} ended with ${status}`)
    }
  }
  const { size } = await startFrom(stage)
  console.log(`the final stage starts; it holds ${size} MB beside the base image`)
} finally {
  rmSync(place, { recursive: true, force: true })
}

async function startFrom(folder: string): Promise<{ size: number }> {
  if (!existsSync(join(folder, 'dist/bin.js'))) throw new Error('the final stage has no dist/bin.js')
  const child = spawn(process.execPath, ['dist/bin.js', '--port', '0', '--data', 'state'], { cwd: folder })
  let out = ''
  while (!out.includes('curl')) {
    const [chunk] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [''])])
    if (chunk === '') throw new Error('the entry point ended before it was ready')
    out += chunk
  }
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the entry point ended with ${code} after SIGTERM`)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const bytes = files.reduce((sum, file) => sum + lstatSync(join(folder, file)).size, 0)
  return { size: Math.round(bytes / 2 ** 20) }
}
