import { describe, expect, test } from 'vitest'
import { hostNames, portNumber } from '../../src/cli/start-options.ts'

describe('names of hosts', () => {
  test.each([
    ['ims', ['ims']],
    ['ims.test,ims.test.svc.cluster.local', ['ims.test', 'ims.test.svc.cluster.local']],
    [' a  b, c', ['a', 'b', 'c']],
  ])('%j are %j', (text, names) => {
    expect(hostNames(text)).toEqual(names)
  })

  test('come on top of those before', () => {
    expect(hostNames('b', ['a'])).toEqual(['a', 'b'])
  })
})

test('a port that Kubernetes has set is refused with what to do', () => {
  expect(() => portNumber('tcp://10.0.0.1:7878')).toThrow(/enableServiceLinks: false/)
})
