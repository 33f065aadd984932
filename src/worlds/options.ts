import type { Edition } from '../services/glance/rules/edition.ts'
import type { Service } from '../services/service.ts'
import type { ScenarioOverrides } from '../simulation/scenario/load.ts'

/** What an emulator is started with; everything has a default. */
export interface EmulatorOptions extends ScenarioOverrides {
  /** Name of a shipped scenario or path of a file; `standard` by default. */
  scenario?: string
  /** Folder for databases and blobs; none keeps everything in memory. */
  data?: string
  /** Folder whose sub-folders are the buckets. */
  buckets?: string
  /** File of a world that was downloaded, which the default world goes on from; with the scenario that it has. */
  from?: string
  /** Whose image API the OpenStack face is: Huawei's (the default), or a stock Glance's and no other face at all. */
  glance?: Edition
  /** Names under which the control plane may be called, beside local ones. */
  allowedHosts?: readonly string[]
  /** Closes the control plane to everybody who does not send it as `Authorization: Bearer`; probes are still answered. */
  controlKey?: string
  /** Tells a client whose signature is refused what the server computed. */
  explainAuth?: boolean
  /** Checks every answer against its declared schema; one that differs is an error of ours. */
  validateResponses?: boolean
  /** The services of the emulated cloud, for tests of a further one; those of the edition by default. */
  services?: readonly Service[]
  /** Where an error of ours is reported; standard error by default. */
  log?: (requestId: string, error: unknown) => void
}
