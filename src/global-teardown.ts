import { stop } from './global-setup.ts'

/** Global tear-down of a test runner: stops the emulator that `ims-emulator/global-setup` started. */
export default stop
