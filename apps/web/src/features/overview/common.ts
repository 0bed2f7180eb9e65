import { hrefOf } from '../../ui/row-link.tsx';

/** What services have in common by which the overview adds up. */
export const bys = {
  namespace: {
    label: 'Namespace',
    /** What the group is called that has no name. */
    none: 'none',
    address: (id: string, name: string) => hrefOf`/migrations/${id}/services?namespace=${name}`,
  },
  owner: {
    label: 'Owner',
    none: 'nobody',
    address: (id: string, name: string) => hrefOf`/migrations/${id}/services?owner=${name || 'nobody'}`,
  },
  wave: {
    label: 'Wave',
    none: 'stays in Istio',
    address: (id: string, name: string) => hrefOf`/migrations/${id}/services?wave=${name || 'none'}`,
  },
} as const;
export type By = keyof typeof bys;

export const groupingIn = (text: string | undefined): By => (text === 'owner' || text === 'wave' ? text : 'namespace');
