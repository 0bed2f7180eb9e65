import { CoreV1Api, CustomObjectsApi, HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { ReadOnlyConfig } from './read-only.ts';

function configOf(server = 'https://east.example:6443/k8s'): ReadOnlyConfig {
  const own = new KubeConfig();
  own.loadFromClusterAndUser({ name: 'east', server, skipTLSVerify: false }, { name: 'someone', token: 'sesame' });
  return new ReadOnlyConfig(() => own);
}

async function headersOf(path: string, method: HttpMethod = HttpMethod.GET, server = 'https://east.example:6443/k8s') {
  const request = new RequestContext(server + path, method);
  await configOf().applySecurityAuthentication(request);
  return request.getHeaders();
}

describe('credentials are given', () => {
  test.each([
    '/version',
    '/apis',
    '/apis/networking.istio.io/v1',
    '/api/v1/pods?limit=500',
    '/apis/networking.istio.io/v1/virtualservices?watch=true',
    '/apis/apps/v1/namespaces/sales/deployments',
    '/api/v1/namespaces/istio-system/configmaps?fieldSelector=metadata.name%3Distio',
    '/api/v1/namespaces/istio-system/configmaps?fieldSelector=metadata.name%3Distio-canary&watch=true',
  ])('for %s', async (path) => {
    expect(await headersOf(path)).toMatchObject({ Authorization: 'Bearer sesame' });
  });

  test('for Secrets only with the wish for metadata', async () => {
    const accept = async (path: string) => (await headersOf(path)).Accept;
    expect(await accept('/api/v1/secrets')).toBe('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
    expect(await accept('/api/v1/namespaces/sales/secrets?watch=true')).toBe(
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    );
  });
});

describe('no credentials are given', () => {
  test.each([
    ['/api/v1/pods', HttpMethod.POST],
    ['/api/v1/pods', HttpMethod.DELETE],
    ['/api/v1/pods', HttpMethod.PATCH],
    ['/api/v1/namespaces/sales/secrets/tls', HttpMethod.GET],
    ['/api/v1/namespaces/istio-system/configmaps/istio', HttpMethod.GET],
    ['/api/v1/namespaces/sales/configmaps', HttpMethod.GET],
    ['/api/v1/configmaps?fieldSelector=metadata.name!%3Dsecret', HttpMethod.GET],
    ['/api/v1/namespaces/sales/pods/seats/log', HttpMethod.GET],
    ['/api/v1/namespaces/sales/pods/seats/proxy/admin', HttpMethod.GET],
    ['/api/v1/namespaces/sales/pods/seats/exec?command=sh', HttpMethod.GET],
    ['/api/v1/nodes/one/proxy/logs', HttpMethod.GET],
    ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', HttpMethod.POST],
    ['/debug/pprof/', HttpMethod.GET],
    ['/api/v1/secrets/../pods', HttpMethod.PUT],
  ] as const)('for %s by %s', async (path, method) => {
    await expect(headersOf(path, method)).rejects.toThrow('Isthmus only reads');
  });

  test('for another server', async () => {
    await expect(headersOf('/version', HttpMethod.GET, 'https://elsewhere.example')).rejects.toThrow(
      'Isthmus only reads',
    );
  });

  test('for what the rest of the library would write', async () => {
    const config = configOf();
    await expect(
      config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: 'sales' } } }),
    ).rejects.toThrow('Isthmus only reads: POST /api/v1/namespaces is not sent.');
    await expect(
      config.makeApiClient(CustomObjectsApi).deleteNamespacedCustomObject({
        group: 'networking.istio.io',
        version: 'v1',
        namespace: 'sales',
        plural: 'virtualservices',
        name: 'seats',
      }),
    ).rejects.toThrow('Isthmus only reads');
    await expect(config.applyToHTTPSOptions()).rejects.toThrow('Isthmus only reads');
  });
});
