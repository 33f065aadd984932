import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { openClient, wait } from './client.ts'
import { EVERY_MS, preciseNow, STOP_MS, starved } from './probe.ts'

const { port, pid } = z.object({ port: z.int(), pid: z.int() }).parse(workerData)
const client = openClient(port, 1)
let ending = false
let probes = 0
let longest = 0

const starvedTogether = () => starved(String(pid)) + starved('thread-self')

parentPort?.on('message', () => {
  ending = true
})

while (!ending) {
  const from = preciseNow()
  const before = starvedTogether()
  try {
    await client.send({ method: 'GET', path: '/_ims/health' })
    const to = preciseNow()
    const ms = to - from - (starvedTogether() - before)
    probes += 1
    longest = Math.max(longest, ms)
    if (ms > STOP_MS) parentPort?.postMessage({ stop: { from, to, ms } })
  } catch {
    // The server has ended: the part that started it reports that.
  }
  await wait(Math.max(0, EVERY_MS - (preciseNow() - from)))
}
client.close()
parentPort?.postMessage({ probes, longest })
parentPort?.close()
