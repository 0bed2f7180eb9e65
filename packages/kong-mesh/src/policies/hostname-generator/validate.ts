import { isDnsSubdomain } from '../common/names.ts';
import { defineRules, type Validation } from '../common/resource.ts';
import { renderTemplate, templateProblem } from '../common/template.ts';

interface Spec {
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly template: string;
  readonly extension?: { readonly type: string };
}

/** What Kuma renders a template with to see what becomes of it. */
const stub = { Name: 'name', DisplayName: 'displayname', Namespace: 'namespace', Mesh: 'mesh', Zone: 'zone' };

/** kuma, pkg/core/resources/apis/hostnamegenerator/api/v1alpha1/validate.go; edge.md 1.8. 2.13 only parses the template. */
function validate({ selector = {}, template, extension }: Spec, { version, report }: Validation): void {
  if (Object.keys(selector).length !== 1)
    report('spec.selector', 'it must have exactly one of meshService, meshExternalService, meshMultiZoneService');
  const problem = template === '' ? 'it must not be empty' : templateProblem(template);
  if (problem !== undefined) report('spec.template', problem);
  else if (version !== '2.13') {
    const rendered = renderTemplate(template, stub, () => 'label');
    if (rendered === undefined)
      report('spec.template', 'it must only use .Name, .DisplayName, .Namespace, .Mesh, .Zone and label');
    else if (!isDnsSubdomain(rendered))
      report('spec.template', `it must give a DNS name in lower case, and gives "${rendered}"`);
  }
  if (extension?.type === '') report('spec.extension.type', 'it must not be empty');
}

export const hostnameGenerator = defineRules({
  kind: 'HostnameGenerator',
  policy: false,
  systemOnly: true,
  meshless: true,
  go: {},
  validate,
});
