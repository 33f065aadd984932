import { defineNeighbour } from '../service.ts'

export const kps = defineNeighbour({
  id: 'kps',
  title: 'Key Pair Service',
  description: 'Key pairs of servers.',
  fixtures: {},
})
