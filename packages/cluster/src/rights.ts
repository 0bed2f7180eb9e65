import { meshGroups, surroundingKinds, type Unread } from './kinds.ts';

/** What an object of RBAC says, as `kubectl apply` takes it. */
type Manifest = Readonly<Record<string, unknown>>;

const roleName = 'isthmus-reader';
const verbs = ['get', 'list', 'watch'];
/** The ConfigMaps that hold Istio's configuration; others are not read. */
export const meshConfigName = (revision: string): string =>
  revision === '' || revision === 'default' ? 'istio' : `istio-${revision}`;

/**
 * The ClusterRole that suffices to read a cluster, and its binding to a service account.
 * @param account `<namespace>/<name>`
 * @param revisions of Istio besides `default`, whose configuration has names of its own
 */
export function readingRights(account: string, revisions: readonly string[] = []): Manifest[] {
  const [namespace = '', name = ''] = account.split('/', 2);
  const names = [...new Set(['default', ...revisions])].map(meshConfigName);
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: roleName },
      rules: [
        ...surroundingKinds.map(({ group, resources }) => ({ apiGroups: [group], resources: [...resources], verbs })),
        { apiGroups: [...meshGroups], resources: ['*'], verbs },
        // Single objects by name: no other ConfigMap can be read with this.
        { apiGroups: [''], resources: ['configmaps'], resourceNames: names, verbs },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: roleName },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}

const quoted = (text: string): string => (/^[\w:.@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function subjectOf(user: string | undefined): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user ?? '') ?? [];
  if (namespace !== undefined) return `--serviceaccount=${namespace}:${name}`;
  return `--user=${quoted(user ?? 'USER')}`;
}

/**
 * The commands that grant what is missing.
 * @param user whom the API server refused; `USER` stands where it does not say
 */
export function grantOf(
  { group, resource, namespace, name }: Pick<Unread, 'group' | 'resource' | 'namespace' | 'name'>,
  user: string | undefined,
): string {
  const what = group === '' ? resource : `${resource}.${group}`;
  const role = `isthmus-${what}`.replace(/[^a-z0-9.-]/g, '-');
  const scope = namespace === undefined ? '' : ` --namespace=${namespace}`;
  const [kind, binding] = namespace === undefined ? ['clusterrole', 'clusterrolebinding'] : ['role', 'rolebinding'];
  const named = name === undefined ? '' : ` --resource-name=${name}`;
  return [
    `kubectl create ${kind} ${role}${scope} --verb=${verbs.join(',')} --resource=${what}${named}`,
    `kubectl create ${binding} ${role}${scope} --${kind}=${role} ${subjectOf(user)}`,
  ].join(' && ');
}
