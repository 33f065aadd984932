/** One thing that was looked at. */
export interface Finding {
  /** `wrong` keeps it from working; a `note` may surprise. */
  verdict: 'fine' | 'note' | 'wrong'
  about: string
  found: string
  /** What to do. */
  advice?: string
}
