/** The baseline of every ratio: Hono on the same adapter, which answers recorded bytes from memory. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'

const Recorded = z.record(z.string(), z.object({ type: z.string(), body: z.string() }))
const recorded = Recorded.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))

const app = new Hono()
app.get('/ready', (context) => context.text('ok'))
for (const [route, { type, body }] of Object.entries(recorded)) {
  const [method = 'GET', path = '/'] = route.split(' ')
  app.on(method, path, (context) => context.body(body, 200, { 'Content-Type': type }))
}

const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`)
})
process.once('SIGTERM', () => process.exit(0))
