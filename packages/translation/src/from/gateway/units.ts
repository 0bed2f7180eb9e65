import type { Field } from '../../field.ts';
import type { Binding, Served } from './bind.ts';
import type { Listener } from './listeners.ts';
import { type EdgeRule, rulesOn } from './rules.ts';

/** Hosts of a VirtualService that are served alike: on the same listeners, with the same rules. One HTTPRoute or several. */
export interface Unit {
  readonly hosts: readonly string[];
  readonly from: readonly Field<string>[];
  readonly listeners: readonly Listener[];
  readonly rules: readonly EdgeRule[];
  /** The redirect to HTTPS of its plain listeners. */
  readonly redirects: Field<boolean> | undefined;
  readonly draft: string | undefined;
}

const sameRules = (rules: readonly EdgeRule[]): string =>
  rules.map(({ index, matches }) => `${index}:${matches.map(({ field }) => field.path).join(',')}`).join(';');

const needsHost = ({ action }: EdgeRule): boolean => action.kind === 'redirect';

/**
 * Groups the hosts of a binding. Kong serves the hosts of a route on all the listeners that it names, so that hosts on
 * different listeners stand in different routes (T40, T41), at most 16 in one; a redirect names its host, so that each host has its own route.
 */
export function unitsOf(binding: Binding, rules: readonly EdgeRule[]): Unit[] {
  return rules.length === 0 ? [] : group(binding, rules);
}

/** The hosts of a binding whose rules are not read, grouped alike. */
export const hostUnits = (binding: Binding): Unit[] => group(binding, []);

function group({ served, draftFor }: Binding, rules: readonly EdgeRule[]): Unit[] {
  const http = served.filter(({ listener: { protocol } }) => protocol === 'HTTP' || protocol === 'HTTPS');
  const byHost = Map.groupBy(http, ({ host }) => host);
  const units = new Map<string, { cells: Served[]; hosts: Set<string>; rules: EdgeRule[] }>();
  for (const [host, all] of byHost) {
    const variants = Map.groupBy(
      all,
      ({ listener }) => `${listener.draft ?? draftFor(host) ?? ''}|${sameRules(rulesOn(rules, listener, host))}`,
    );
    for (const [variant, cells] of variants) {
      const listeners = cells.map(
        ({ listener }) => `${listener.gateway.namespace}/${listener.gateway.resource.name}/${listener.name}`,
      );
      const own = rulesOn(rules, (cells[0] as Served).listener, host);
      const alone = own.some(needsHost) ? host : '';
      // A listener for one host stands for all listeners of its port and kind: only where a host is offered matters.
      const places = cells
        .map(
          ({ listener: { gateway, port, protocol, redirects } }) =>
            `${gateway.namespace}/${gateway.resource.name}:${port}:${protocol}:${redirects !== undefined}`,
        )
        .sort();
      const key = `${variant}|${places.join(',')}|${alone}|${host === '*' ? '*' : ''}|${listeners.length}`;
      const unit = units.get(key);
      if (unit === undefined) units.set(key, { cells: [...cells], hosts: new Set([host]), rules: own });
      else {
        unit.cells.push(...cells);
        unit.hosts.add(host);
      }
    }
  }
  return [...units.values()].flatMap((unit) =>
    chunks([...unit.hosts].sort()).map((hosts) => unitOf(unit, hosts, draftFor)),
  );
}

/** Gateway API takes 16 hostnames and 32 parents for a route. */
function chunks(hosts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(hosts.length / 16) }, (_, index) => hosts.slice(index * 16, (index + 1) * 16));
}

function unitOf(
  { cells, rules }: { readonly cells: readonly Served[]; readonly rules: readonly EdgeRule[] },
  hosts: readonly string[],
  draftFor: Binding['draftFor'],
): Unit {
  const own = cells.filter(({ host }) => hosts.includes(host));
  const listeners = [...new Set(own.map(({ listener }) => listener))];
  const redirects = listeners.find((listener) => listener.redirects !== undefined)?.redirects;
  const secure = listeners.some(({ protocol }) => protocol === 'HTTPS');
  return {
    hosts,
    from: [...new Set(own.map(({ from }) => from))],
    listeners,
    // Behind a redirect without HTTPS of its own nothing is ever served.
    rules: redirects !== undefined && !secure ? [] : rules,
    redirects,
    draft: listeners[0]?.draft ?? draftFor(hosts[0] ?? '*'),
  };
}
