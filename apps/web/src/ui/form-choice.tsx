import type { ResourceForm } from '@isthmus/contract';
import { SegmentedControl } from '@mantine/core';
import { useAddress } from './use-search.ts';

/** The form that the address asks for; the one of Kubernetes is not written there. */
export function useForm(): ResourceForm {
  const [{ form }] = useAddress();
  return form === 'universal' ? 'universal' : 'kubernetes';
}

/** What of an address of the server says the form. */
export const formQuery = (form: ResourceForm): { readonly form?: ResourceForm } =>
  form === 'universal' ? { form } : {};

/** What of an address of the server says which cluster is looked at; none where nobody chose. */
export const clusterQuery = (cluster: string | undefined): { readonly cluster?: string } =>
  cluster === undefined ? {} : { cluster };

/** Chooses how resources of Kong Mesh are written. */
export function FormChoice({ size = 'sm' }: { size?: 'xs' | 'sm' }) {
  const form = useForm();
  const [, change] = useAddress();
  return (
    <SegmentedControl
      aria-label="Form of the resources"
      size={size}
      w="fit-content"
      value={form}
      onChange={(value) => change({ form: value === 'universal' ? value : undefined })}
      data={[
        { value: 'kubernetes', label: 'Kubernetes' },
        { value: 'universal', label: 'Universal' },
      ]}
    />
  );
}
