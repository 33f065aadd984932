import { join } from 'node:path'
import { addWorldCredentials } from '../accounts/credentials.ts'
import type { ObjectStore } from '../database/object-store/object-store.ts'
import type { Service } from '../services/service.ts'
import type { Cloud } from '../simulation/cloud.ts'
import type { ScenarioOverrides } from '../simulation/scenario/load.ts'
import { type DataFolder, folderOf, snapshotsOf } from './data-folder.ts'
import { createJournal } from './journal.ts'
import { type OpenWorld, openWorld, type WorldCopy, type WorldOrigin } from './open-world.ts'
import type { WorldSpec } from './spec.ts'
import { openTemplates, type WorldTemplates } from './templates.ts'
import type { TemporaryFolder } from './temporary-folder.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/** What all worlds of an emulator have in common. */
export interface WorldSettings {
  /** By its name or path, or written out. */
  scenario: NonNullable<WorldSpec['scenario']>
  overrides: ScenarioOverrides
  services: readonly Service[]
  cloud: Cloud
  /** The folder of files that end with the process. */
  scratch: TemporaryFolder
  /** The folder of databases and blobs; none keeps worlds in memory. */
  data?: DataFolder | undefined
  buckets?: string
  bucketsWrite?: boolean
  objectStore?: ObjectStore | undefined
  /** The world that the default world continues. */
  from?: WorldCopy | undefined
}

/** How a world is opened, beside its name and its specification. */
export type Opening = Partial<Pick<WorldOrigin, 'start' | 'copy' | 'journal' | 'isBuilt'>>

/** Opens worlds with what all worlds of an emulator have in common. */
interface WorldOpener {
  readonly templates: WorldTemplates
  /** Opens a world in memory, or from its files in the data folder; it does not get credentials of its own. */
  openFiles(name: string, spec: WorldSpec, how: Opening): OpenWorld
  /**
   * Makes the files of a new world in a folder, which is put in its place later. The journal of its place is left alone.
   * @throws SetupError for a wrong scenario.
   */
  build(folder: string, name: string, spec: WorldSpec, how: Opening): void
}

export function worldOpener(settings: WorldSettings): WorldOpener {
  const { cloud, buckets, bucketsWrite = false, objectStore, scratch } = settings
  const data = settings.data?.path
  const templates = openTemplates(settings, join(scratch.path, 'templates'))
  let opened = 0

  function open(name: string, spec: WorldSpec, how: Opening, directory: string | undefined): OpenWorld {
    opened += 1
    return openWorld({
      name,
      cloud,
      start: templates.scenarioOf(spec),
      templates,
      objectStore,
      snapshots: snapshotsOf(data ?? scratch.path, name),
      ...how,
      ...(directory === undefined ? { scratch: join(scratch.path, String(opened)) } : { directory }),
      ...(settings.data && { afterRequest: settings.data.check }),
      ...(buckets !== undefined && { buckets, bucketsWrite }),
    })
  }

  return {
    templates,
    openFiles: (name, spec, how) => open(name, spec, how, data && folderOf(data, name)),
    build(folder, name, spec, how) {
      const world = open(name, spec, { ...how, journal: createJournal() }, folder)
      try {
        if (name !== DEFAULT_WORLD) addWorldCredentials(world)
      } finally {
        world.close()
      }
    },
  }
}
