#!/usr/bin/env node
const NEEDED = [22, 18] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `ims-emulator: needs Node ${NEEDED.join('.')} or newer, this is ${process.versions.node}.\n`,
  )
  process.exit(1)
}

// Loaded after the check, because an older Node cannot parse these files.
const { enableCompileCache } = await import('node:module')
enableCompileCache()
const { exitOnClosedPipe } = await import('./cli/process-end.ts')
exitOnClosedPipe()
const { runCommandLine } = await import('./cli/main.ts')
process.exitCode = await runCommandLine(process.argv)
