import type { OptionWords, Words } from './words.ts'

/** Declarations for fish. What nothing is known of is completed as a file. */
export function fishCompletion(words: readonly Words[]): string {
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [quoted(` ${path}`)]))
  return `# ims-emulator completion fish > ~/.config/fish/completions/ims-emulator.fish
function __ims_emulator_at
    set -l where ''
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        switch "$where $word"
            case ${paths.join(' ')}
                set where "$where $word"
        end
    end
    test "$where" = "$argv[1]"
end
${words.flatMap(lines).join('\n')}
`
}

function lines({ path, commands, options, choices }: Words): string[] {
  const at = `complete -c ims-emulator -n ${quoted(`__ims_emulator_at ${quoted(path === '' ? '' : ` ${path}`)}`)}`
  return [
    ...commands.map(({ name, description }) => `${at} -f -a ${quoted(name)} -d ${quoted(description)}`),
    ...choices.map((choice) => `${at} -f -a ${quoted(choice)}`),
    ...options.map((option) => `${at} ${optionFlags(option)} -d ${quoted(option.description)}`),
  ]
}

function optionFlags({ flags, takesValue, choices }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  if (!takesValue) return names.join(' ')
  return [...names, '-r', ...(choices.length > 0 ? ['-f', '-a', quoted(choices.join(' '))] : [])].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
