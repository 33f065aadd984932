import { inOnePiece } from '../contract/answer-bytes.ts'
import { nothing } from '../contract/operation.ts'
import { ifReadable } from '../database/if-readable.ts'
import { countPlannedSteps } from '../services/ims/queries/jobs.ts'
import type { Emulator } from '../worlds/emulator.ts'
import { controlOperation } from './operation.ts'

/** One kind of figure: its name, what it is, and its values by labels. */
interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  samples: { labels: Record<string, string>; value: number }[]
}

export const metrics = controlOperation({
  id: 'ControlMetrics',
  method: 'GET',
  path: '/metrics',
  summary: 'Figures of the process and of every world, for Prometheus',
  request: nothing,
  responses: { 200: null },
  handle: ({ emulator }) => ({
    status: 200,
    bytes: inOnePiece(Buffer.from(metricsOf(emulator).map(asText).join(''))),
    headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
  }),
})

function metricsOf(emulator: Emulator): Metric[] {
  const worlds = emulator.worlds.all()
  const perWorld = (value: (world: (typeof worlds)[number]) => number) =>
    worlds.map((world) => ({ labels: { world: world.name }, value: value(world) }))
  const requests = worlds.flatMap((world) =>
    world.requestCounts.all().map(({ operation: id, status, count, ms }) => {
      return {
        labels: { world: world.name, operation: id, status: String(status) },
        count,
        seconds: ms / 1000,
      }
    }),
  )
  return [
    {
      name: 'ims_emulator_requests_total',
      type: 'counter',
      help: 'Requests of the emulated cloud.',
      samples: requests.map(({ labels, count }) => ({ labels, value: count })),
    },
    {
      name: 'ims_emulator_request_seconds_total',
      type: 'counter',
      help: 'Real time until the answers of these requests were ready.',
      samples: requests.map(({ labels, seconds }) => ({ labels, value: seconds })),
    },
    {
      name: 'ims_emulator_planned_steps',
      type: 'gauge',
      help: 'Steps of jobs that virtual time has not come to yet.',
      samples: perWorld(({ db }) => ifReadable(() => countPlannedSteps(db)) ?? 0),
    },
    {
      name: 'ims_emulator_virtual_time_seconds',
      type: 'gauge',
      help: 'What time it is in the world, since the epoch.',
      samples: perWorld(({ clock }) => clock.now() / 1000),
    },
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Memory of the process.',
      samples: [{ labels: {}, value: process.memoryUsage.rss() }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      help: 'When the process began to serve, since the epoch.',
      samples: [{ labels: {}, value: emulator.startedAt / 1000 }],
    },
  ]
}

function asText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => {
    const shown = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
    return `${name}${shown.length === 0 ? '' : `{${shown.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
