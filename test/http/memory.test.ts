import { readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { expect, test } from 'vitest'
import { startProcess } from '../cli/process.ts'

const MIB = 2 ** 20
const headers = { 'X-Auth-Token': 'demo-token' }

/** Peak resident memory of a process, bytes. */
function peak(pid: number | undefined): number {
  const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) * 1024
}

// Only Linux reports the peak of a process. bench/README.md has the figures for 2 GiB.
test.runIf(platform() === 'linux')(
  'upload and download of 256 MiB add less than 64 MiB to the peak memory',
  async () => {
    await using emulator = await startProcess(['--port', '0'])
    const described = await fetch(`${emulator.url}/v2/images`, { method: 'POST', headers, body: '{}' })
    const { id } = JSON.parse(await described.text())
    const before = peak(emulator.child.pid)
    const chunk = new Uint8Array(MIB)
    let left = 256
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    })
    const file = `${emulator.url}/v2/images/${id}/file`
    const octets = { ...headers, 'Content-Type': 'application/octet-stream' }
    expect((await fetch(file, { method: 'PUT', headers: octets, body, duplex: 'half' })).status).toBe(204)
    let received = 0
    for await (const part of (await fetch(file, { headers })).body ?? []) received += part.byteLength
    expect(received).toBe(256 * MIB)
    expect((peak(emulator.child.pid) - before) / MIB).toBeLessThan(64)
  },
)
