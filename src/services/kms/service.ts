import { defineNeighbour } from '../service.ts'
import { keyFixtures } from './fixtures.ts'

export const kms = defineNeighbour({
  id: 'kms',
  title: 'Key Management Service',
  description: 'Keys that encrypt images and disks.',
  fixtures: keyFixtures,
})
