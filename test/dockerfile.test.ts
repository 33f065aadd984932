import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'

const text = readFileSync(fileURLToPath(new URL('../Dockerfile', import.meta.url)), 'utf8')
const instructions = DockerfileParser.parse(text)
  .getInstructions()
  .map((instruction) => ({
    keyword: instruction.getKeyword(),
    argument: instruction
      .getArguments()
      .map((part) => part.getValue())
      .join(' '),
  }))
const only = (keyword: string) =>
  instructions.filter((each) => each.keyword === keyword).map((each) => each.argument)

test('the Dockerfile is valid', () => {
  expect(validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([])
})

test('the last stage runs as another user than root, with a stop signal and a health check', () => {
  expect(only('FROM')).toHaveLength(2)
  const lastStage = instructions.slice(instructions.map((each) => each.keyword).lastIndexOf('FROM'))
  const keywords = lastStage.map((each) => each.keyword)
  expect(keywords).toEqual(
    expect.arrayContaining(['USER', 'HEALTHCHECK', 'STOPSIGNAL', 'VOLUME', 'ENTRYPOINT']),
  )
  expect(only('USER')).toEqual(['node'])
  expect(only('STOPSIGNAL')).toEqual(['SIGTERM'])
})
