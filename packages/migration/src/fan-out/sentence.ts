import type { FanOut, ScopedFanOut } from './fan-out.ts';

/** Bytes in the unit that suits them, in powers of 1,000. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits)).toLocaleString('en')} ${units[unit]}`;
}

type Facts = Pick<FanOut, 'scopings' | 'proxies' | 'services'>;

const find = ({ scopings }: Facts, mesh: ScopedFanOut['mesh'], scope: ScopedFanOut['scope']) =>
  scopings.find((one) => one.mesh === mesh && one.scope === scope);

/** What the numbers come to, in a sentence. */
export function sentenceOfFanOut(facts: Facts): string {
  const { proxies, services } = facts;
  if (services === 0) return 'There are no services, so that no proxy has to know any.';
  if (proxies === 0) return 'No workload with a sidecar is known, so that nothing is sent to anyone.';
  const istio = find(facts, 'istio', 'written');
  const kong = find(facts, 'kong', 'written');
  const own = find(facts, 'kong', 'namespace');
  if (istio === undefined || kong === undefined || own === undefined) return '';
  const whole = (count: number): string => count.toLocaleString('en');
  const who = proxies === 1 ? 'The one proxy' : `Each of ${whole(proxies)} proxies`;
  const saved =
    own.load.bytes < kong.load.bytes * 0.95
      ? `; with reachable backends for their own namespaces alone, ${bytesInWords(own.load.bytes)}`
      : '';
  return `${who} holds ${whole(istio.load.clusters)} clusters and ${bytesInWords(istio.load.bytes)} in Istio, and ${whole(kong.load.clusters)} clusters and ${bytesInWords(kong.load.bytes)} in Kong Mesh, in the mean${saved}.`;
}
