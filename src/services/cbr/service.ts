import { defineNeighbour } from '../service.ts'
import { backupFixtures } from './fixtures.ts'

export const cbr = defineNeighbour({
  id: 'cbr',
  title: 'Cloud Backup and Recovery',
  description: 'Vaults and the backups of servers in them.',
  fixtures: backupFixtures,
})
