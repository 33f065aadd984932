import { describe, expect, test } from 'vitest'
import { hostNames, portNumber } from '../../src/cli/declarations/start.ts'

describe('host names', () => {
  test.each([
    ['ims', ['ims']],
    ['ims.test,ims.test.svc.cluster.local', ['ims.test', 'ims.test.svc.cluster.local']],
    [' a  b, c', ['a', 'b', 'c']],
  ])('%j is parsed to %j', (text, names) => {
    expect(hostNames(text)).toEqual(names)
  })

  test('are added to those of earlier options', () => {
    expect(hostNames('b', ['a'])).toEqual(['a', 'b'])
  })
})

test('a port that Kubernetes has set is rejected with advice', () => {
  expect(() => portNumber('tcp://10.0.0.1:7878')).toThrow(/enableServiceLinks: false/)
})
