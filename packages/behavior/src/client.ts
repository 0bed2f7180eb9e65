/** A group of client workloads that a mesh treats alike: any member of it. */
export interface Client {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}
