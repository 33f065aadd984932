import { defineNeighbour } from '../service.ts'
import { volumeFixtures } from './fixtures.ts'

export const evs = defineNeighbour({
  id: 'evs',
  title: 'Elastic Volume Service',
  description: 'Disks of servers.',
  fixtures: volumeFixtures,
})
