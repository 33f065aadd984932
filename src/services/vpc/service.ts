import { defineNeighbour } from '../service.ts'

export const vpc = defineNeighbour({
  id: 'vpc',
  title: 'Virtual Private Cloud',
  description: 'Networks, subnets, ports and security groups.',
  fixtures: {},
})
