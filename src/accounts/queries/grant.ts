/** A role or policy that is granted, and where: in one project, in one enterprise project, or in all of the domain. */
export interface Grant {
  /** Name of a system role, of an OpenStack role, or of a policy of the domain. */
  role: string
  project?: string | undefined
  enterpriseProject?: string | undefined
}
