import { type ResourceForm, resourceForms } from '@isthmus/kong-mesh';
import { InputError } from './input.ts';

/** How `--format` says that resources of Kong Mesh are written. Throws an InputError for what is no form. */
export function formatOf(format = 'kubernetes'): ResourceForm {
  const known = resourceForms.find((one) => one === format);
  if (known === undefined)
    throw new InputError(`format ${format} is not known; choose one of ${resourceForms.join(', ')}`);
  return known;
}
