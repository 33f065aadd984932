import { styleText } from 'node:util'

/** Colours a text, or leaves it as it is. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'dim' | 'bold', text: string) => string

/** Colour where standard output is a terminal and NO_COLOR is not set; FORCE_COLOR has it anyway. */
export const paintTerminal: Paint = (style, text) => styleText(style, text, { stream: process.stdout })

/** No colour at all. */
export const plain: Paint = (_style, text) => text
