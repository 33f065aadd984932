import { defineNeighbour } from '../service.ts'

export const eip = defineNeighbour({
  id: 'eip',
  title: 'Elastic IP',
  description: 'Public addresses and their bandwidths.',
  fixtures: {},
})
