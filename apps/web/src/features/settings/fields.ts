import type { Settings } from '@isthmus/contract';

/** A setting that is a name, with what it decides. */
export interface NameField {
  readonly name: 'mesh' | 'zone' | 'systemNamespace' | 'rootNamespace' | 'clusterDomain';
  readonly label: string;
  readonly help: string;
}

export const nameFields: readonly NameField[] = [
  { name: 'mesh', label: 'Mesh', help: 'The Mesh of Kong Mesh that the resources belong to.' },
  { name: 'zone', label: 'Zone', help: 'The Kong Mesh zone; a part of the trust domain of its identities.' },
  {
    name: 'systemNamespace',
    label: 'Namespace of Kong Mesh',
    help: 'Where its control plane runs; policies for the whole mesh are written there.',
  },
  {
    name: 'rootNamespace',
    label: 'Root namespace of Istio',
    help: 'Resources there without a selector hold for the whole mesh.',
  },
  {
    name: 'clusterDomain',
    label: 'Cluster domain',
    help: 'Ends the full names of services, as in seats.sales.svc.cluster.local.',
  },
];

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Why a name is refused; undefined where it is not. The server has the last word. */
export function problemOf(name: NameField['name'], value: string): string | undefined {
  if (value === '') return 'A name is needed.';
  if (name === 'clusterDomain') return value.length > 253 ? 'At most 253 characters.' : undefined;
  if (value.length > 63) return 'At most 63 characters.';
  return dnsLabel.test(value) ? undefined : 'Lower-case letters, digits and hyphens, not at the ends.';
}

/** The settings of a draft that differ from those that are stored. */
export function changedSettings(stored: Settings, draft: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => stored[name as keyof Settings] !== value),
  ) as Partial<Settings>;
}

/** A value of a setting in words. */
export const shown = (value: unknown): string => (value === true ? 'yes' : value === false ? 'no' : String(value));
