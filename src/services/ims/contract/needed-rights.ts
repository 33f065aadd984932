/*
 * The actions of other services that a call needs of its caller, beside those of the image service. The table of permissions lists
 * them by the service alone (`obs:object:*`, `ecs:cloudServers:get`, `cbr:*:*`); these are the ones that a call makes use of.
 */

/** A file in a bucket is read. The object service decides, because the policy of a bucket or a list of its owner can allow it too. */
export const READS_FILE = {
  action: 'obs:object:GetObject',
  when: 'the image is made of a file in a bucket; the policy of the bucket may allow it too',
} as const

/** A file is written into a bucket. The object service decides, as for reading. */
export const WRITES_FILE = {
  action: 'obs:object:PutObject',
  when: 'the image is written into a bucket; the policy of the bucket may allow it too',
} as const

export const READS_SERVER = { action: 'ecs:cloudServers:get', when: 'the image is made of a server' } as const

export const READS_VOLUMES = { action: 'evs:volumes:get', when: 'the image is made of disks' } as const

export const BACKS_UP = {
  action: 'cbr:vaults:backup',
  when: 'a server is backed up into a vault',
} as const

export const READS_BACKUP = { action: 'cbr:backups:get', when: 'the image is made of a backup' } as const
