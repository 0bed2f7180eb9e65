/** Ports of workloads: only these, or all but these. Numbers are sorted. */
export type Ports =
  | { readonly kind: 'only'; readonly ports: readonly number[] }
  | { readonly kind: 'except'; readonly ports: readonly number[] };

export const allPorts: Ports = { kind: 'except', ports: [] };

const sorted = (ports: Iterable<number>): number[] => [...new Set(ports)].sort((a, b) => a - b);

/** Whether these are all ports. */
export function areAll({ kind, ports }: Ports): boolean {
  return kind === 'except' && ports.length === 0;
}

/** Whether these are no ports. */
export function areNone({ kind, ports }: Ports): boolean {
  return kind === 'only' && ports.length === 0;
}

/** The ports of both. */
export function commonPorts(a: Ports, b: Ports): Ports {
  if (a.kind === 'except')
    return b.kind === 'except' ? { kind: 'except', ports: sorted([...a.ports, ...b.ports]) } : commonPorts(b, a);
  const has = new Set(b.ports);
  return { kind: 'only', ports: a.ports.filter((port) => has.has(port) === (b.kind === 'only')) };
}

/** The ports of one without those of another. */
export function portsWithout(a: Ports, b: Ports): Ports {
  return commonPorts(a, { kind: b.kind === 'only' ? 'except' : 'only', ports: b.ports });
}

/** Ports as a message names them. */
export function namePorts({ kind, ports }: Ports): string {
  return `${kind === 'except' ? 'all but ' : ''}${ports.join(', ')}`;
}
