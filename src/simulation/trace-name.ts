/** How the audit of the cloud names the calls of an operation. */
export interface TraceName {
  /** The service in capitals, e.g. `IMS`. */
  serviceType: string
  /** e.g. `image`. */
  resourceType: string
  /** e.g. `createImage`. */
  name: string
  /** The name of calls whose body has this value in this field. */
  unless?: { field: string; value: string; name: string }
}
