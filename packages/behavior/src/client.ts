/** A group of client workloads that a mesh treats alike: any member of it. */
export interface Client {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A client as Kong Mesh tells them apart. */
export interface MeshClient extends Client {
  /** It hands on what comes from outside: a delegated gateway. */
  readonly isGateway?: true;
}
