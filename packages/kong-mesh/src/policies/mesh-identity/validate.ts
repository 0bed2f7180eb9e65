import { checkDataSource, type SecureDataSource } from '../common/data-source.ts';
import { checkNoNegativeDuration } from '../common/numbers.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { templateProblem } from '../common/template.ts';

interface Bundled {
  readonly meshTrustCreation?: string;
  readonly autogenerate?: { readonly enabled?: boolean };
  readonly ca?: { readonly certificate?: SecureDataSource; readonly privateKey?: SecureDataSource };
  readonly certificateParameters?: { readonly expiry?: string };
}

interface Spec {
  readonly spiffeID?: { readonly trustDomain?: string; readonly path?: string };
  readonly provider?: {
    readonly type: string;
    readonly bundled?: Bundled;
    readonly spire?: { readonly agent?: { readonly timeout?: string } };
    readonly extension?: { readonly name: string };
  };
}

function checkBundled({ autogenerate, ca, certificateParameters }: Bundled, report: Report): void {
  const path = 'spec.provider.bundled';
  if (autogenerate?.enabled === true) {
    if (ca !== undefined) report(`${path}.ca`, 'it must not be set beside autogenerate');
  } else if (ca === undefined) report(`${path}.ca`, 'it must be set unless autogenerate is enabled');
  else
    for (const name of ['certificate', 'privateKey'] as const) {
      const source = ca[name];
      if (source === undefined) report(`${path}.ca.${name}`, 'it must be set');
      else checkDataSource(source, `${path}.ca.${name}`, report);
    }
  checkNoNegativeDuration(certificateParameters?.expiry, `${path}.certificateParameters.expiry`, report);
}

/** kuma, pkg/core/resources/apis/meshidentity/api/v1alpha1/validator.go; security.md 1.3. Types are the schema's. */
function validate({ spiffeID = {}, provider }: Spec, { report }: Validation): void {
  for (const name of ['trustDomain', 'path'] as const) {
    const problem = templateProblem(spiffeID[name] ?? '');
    if (problem !== undefined) report(`spec.spiffeID.${name}`, problem);
  }
  if (provider === undefined) return;
  const { type, bundled, spire, extension } = provider;
  if (type === 'Bundled') {
    if (bundled === undefined) report('spec.provider.bundled', 'it must be set for the type Bundled');
    else checkBundled(bundled, report);
  } else if (type === 'Spire') {
    if (spire === undefined) report('spec.provider.spire', 'it must be set for the type Spire');
    // Kuma names the agent twice.
    checkNoNegativeDuration(
      spire?.agent?.timeout,
      'spec.provider.spire.agent.spire.agent.timeout',
      report,
      'spec.provider.spire.agent.timeout',
    );
  } else if (extension === undefined) report('spec.provider.extension', 'it must be set for the type Extension');
  else if (extension.name === '') report('spec.provider.extension.name', 'it must not be empty');
}

export const meshIdentity = defineRules({
  kind: 'MeshIdentity',
  policy: false,
  systemOnly: true,
  go: { durations: ['expiry', 'timeout'] },
  validate,
});
