import { defineCodes } from '../code.ts';

const explanation =
  'Istio allows every request to a workload that no AuthorizationPolicy selects (istio.io, Authorization Policy: "If there are no ALLOW policies for the workload, allow the request"). Kong Mesh denies everything as soon as a proxy has an identity and no MeshTrafficPermission allows it (kuma, meshtrafficpermission/xds/rbac_configurer.go, 2.14; verified by running). The allowance has to be in place before mTLS is turned on. It is spelled as a prefix for each trust domain: an empty match would fail open.';

/** Findings about AuthorizationPolicies and their absence. */
export const authorizationPolicy = defineCodes({
  absent: {
    code: 'ISTHMUS-AP-001',
    severity: 'info',
    title: 'No AuthorizationPolicy: everything is allowed',
    message:
      'This estate holds no AuthorizationPolicy, so that Istio allows every call. MeshTrafficPermission {name} says the same to Kong Mesh, which denies by default once mTLS is on; it comes first in the bundle.',
    help: 'Apply it before anything that turns mTLS on. Replace it by narrower permissions when the migration is done.',
    explanation,
  },
  absentFromPart: {
    code: 'ISTHMUS-AP-002',
    severity: 'warning',
    title: 'No AuthorizationPolicy in this part of an estate',
    message:
      'This import holds no AuthorizationPolicy. In a whole estate that would mean that everything is allowed; in a part of one it means nothing, so that the allow-all MeshTrafficPermission {name} is only a draft.',
    help: 'Import the whole estate and declare it complete (`--complete`), or write permissions by hand: without any, Kong Mesh denies every call once mTLS is on.',
    explanation,
  },
});
