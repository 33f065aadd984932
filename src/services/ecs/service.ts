import { defineNeighbour } from '../service.ts'
import { serverFixtures } from './fixtures.ts'

export const ecs = defineNeighbour({
  id: 'ecs',
  title: 'Elastic Cloud Server',
  description: 'Servers, from which images are made.',
  fixtures: serverFixtures,
})
