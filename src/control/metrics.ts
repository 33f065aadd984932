import { inOnePiece } from '../contract/media-type.ts'
import { handle, reply } from '../contract/operation.ts'
import { ifReadable } from '../database/open.ts'
import { countPlannedSteps } from '../simulation/queries/steps.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/status.ts'

/** A metric of Prometheus: its name, its type, and its values by labels. */
interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  samples: { labels: Record<string, string>; value: number }[]
}

export const metrics = handle(contract.metrics, ({ emulator }: ControlCall) =>
  reply(200, {
    bytes: inOnePiece(Buffer.from(metricsOf(emulator).map(renderMetric).join(''))),
    headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
  }),
)

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
      help: 'Real time until the answers to these requests were ready.',
      samples: requests.map(({ labels, seconds }) => ({ labels, value: seconds })),
    },
    {
      name: 'ims_emulator_planned_steps',
      type: 'gauge',
      help: 'Steps of jobs that are not due yet.',
      samples: perWorld(({ db }) => ifReadable(() => countPlannedSteps(db)) ?? 0),
    },
    {
      name: 'ims_emulator_virtual_time_seconds',
      type: 'gauge',
      help: 'Virtual time of the world, since the epoch.',
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
      help: 'Start of the process, since the epoch.',
      samples: [{ labels: {}, value: emulator.startedAt / 1000 }],
    },
  ]
}

/** Renders a metric in the text format of Prometheus, version 0.0.4. */
function renderMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => {
    const shown = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
    return `${name}${shown.length === 0 ? '' : `{${shown.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
