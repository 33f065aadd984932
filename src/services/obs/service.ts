import { defineNeighbour } from '../service.ts'
import { bucketFixtures } from './fixtures.ts'

export const obs = defineNeighbour({
  id: 'obs',
  title: 'Object Storage Service',
  description: 'Buckets, from which images are imported and to which they are exported.',
  fixtures: bucketFixtures,
})
