import { parentPort, workerData } from 'node:worker_threads'
import { SetupError } from '../../lib/errors.ts'
import { readSentScenario, type SentScenario } from './load.ts'
import { ScenarioMistakes } from './mistakes.ts'
import type { ThreadAnswer } from './sent.ts'

/*
 * Reads one scenario in a thread. Nothing but data comes back: errors lose their class on the way between threads.
 */

function answer(sent: SentScenario): ThreadAnswer {
  try {
    return { loaded: readSentScenario(sent) }
  } catch (error) {
    if (error instanceof ScenarioMistakes) return { mistakes: error.mistakes, further: error.further }
    if (error instanceof SetupError) return { problem: error.message }
    throw error
  }
}

parentPort?.postMessage(answer(workerData))
