import { readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { expect, test } from 'vitest'
import { startProcess } from '../cli/process.ts'

const MIB = 2 ** 20
const headers = { 'X-Auth-Token': 'demo-token' }

/** The most memory a process ever had resident, bytes. */
function peak(pid: number | undefined): number {
  const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) * 1024
}

// The kernel tells a process's peak only on Linux; bench/ has the figures for 2 GiB.
test.runIf(platform() === 'linux')(
  'a file of 256 MiB goes up and down in less than 64 MiB of memory',
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
