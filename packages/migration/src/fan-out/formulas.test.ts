import { describe, expect, test } from 'vitest';
import { type IstioCounts, istioBytes, istioLoad, type KongCounts, kongBytes, kongLoad } from './formulas.ts';

// What a 1.32 control plane of Istio and a 2.14 one of Kuma sent to one proxy: one port 8080 and three pods for each service.
const istio = (services: number, more: Partial<IstioCounts> = {}): IstioCounts => ({
  clusters: services,
  subsets: 0,
  httpPorts: 1,
  hosts: services,
  extraRoutes: 0,
  tcpListeners: 0,
  sniffed: 0,
  assignments: services,
  endpoints: 3 * services,
  inbound: 1,
  ...more,
});
const withSubsets = (services: number): IstioCounts =>
  istio(services, {
    subsets: 2 * services,
    extraRoutes: services,
    assignments: 3 * services,
    endpoints: 6 * services,
  });
const noHttp = { httpPorts: 0, hosts: 0 };

describe('Istio', () => {
  test.each([
    ['plain', istio(10), [14, 3, 11, 30], [11_629, 14_810, 5110, 5333]],
    ['plain', istio(100), [104, 3, 101, 300], [107_389, 14_810, 50_471, 53_536]],
    ['plain', istio(1000), [1004, 3, 1001, 3000], [1_064_989, 14_810, 503_847, 536_806]],
    ['plain', istio(3000), [3004, 3, 3001, 9000], [3_192_989, 14_810, 1_511_883, 1_614_100]],
    ['routes', istio(1000, { extraRoutes: 1000 }), [1004, 3, 2001, 3000], [1_064_989, 14_810, 1_048_847, 536_806]],
    ['subsets', withSubsets(10), [34, 3, 21, 60], [36_029, 14_810, 10_560, 11_516]],
    ['subsets', withSubsets(100), [304, 3, 201, 600], [351_389, 14_810, 104_971, 115_572]],
    ['subsets', withSubsets(1000), [3004, 3, 2001, 6000], [3_504_989, 14_810, 1_048_847, 1_158_612]],
    ['subsets', withSubsets(3000), [9004, 3, 6001, 18_000], [10_512_989, 14_810, 3_146_883, 3_483_200]],
    ['scoped, of 1,000', istio(20), [24, 3, 21, 60], [22_269, 14_810, 10_347, 10_722]],
    ['scoped, of 3,000', istio(60), [64, 3, 61, 180], [64_829, 14_810, 30_893, 32_244]],
    ['scoped with subsets', withSubsets(60), [184, 3, 121, 360], [211_229, 14_810, 63_593, 69_588]],
    [
      'no protocol',
      istio(1000, { ...noHttp, sniffed: 1000 }),
      [1004, 1002, 1000, 3000],
      [1_211_135, 2_402_821, 438_000, 536_806],
    ],
    ['tcp', istio(1000, { ...noHttp, tcpListeners: 1000 }), [1004, 1002, 0, 3000], [1_064_989, 279_561, 0, 536_806]],
  ])('%s: counts as measured, bytes within 3 %% (%#)', (_, counts, [clusters, listeners, routes, endpoints], sizes) => {
    expect(istioLoad(counts)).toMatchObject({ clusters, listeners, routes, endpoints });
    const bytes = istioBytes(counts);
    const all = [bytes.clusters, bytes.listeners, bytes.routes, bytes.endpoints];
    for (const [index, size] of sizes.entries())
      expect(Math.abs((all[index] as number) - size)).toBeLessThanOrEqual(size * 0.03);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(Math.abs(istioLoad(counts).bytes - total)).toBeLessThanOrEqual(total * 0.03);
  });
});

const kong = (services: number, more: Partial<KongCounts> = {}): KongCounts => ({
  destinations: services,
  http: services,
  extraRoutes: 0,
  endpoints: 3 * services,
  inbound: 0,
  ...more,
});

describe('Kong Mesh', () => {
  test.each([
    ['plain', kong(10, { inbound: 1 }), false, [18, 17, 16, 30], [3211, 12_216, 29_083]],
    ['plain', kong(100), false, [107, 106, 105, 300], [24_189, 88_322, 291_036]],
    ['plain', kong(300), false, [307, 306, 305, 900], [71_389, 259_390, 873_190]],
    ['routes', kong(300, { extraRoutes: 300 }), false, [307, 306, 605, 900], [71_389, 317_890, 873_190]],
    ['mTLS', kong(300), true, [307, 306, 305, 900], [163_789, 259_446, 873_190]],
    ['mTLS', kong(1001, { endpoints: 2998 }), true, [1008, 1007, 1006, 2998], [543_813, 858_999, 2_909_946]],
    ['within reach, of 100', kong(10), false, [17, 16, 15, 30], [2949, 11_332, 29_096]],
    ['within reach, of 300', kong(30), false, [37, 36, 35, 90], [7669, 28_438, 87_300]],
    ['within reach with routes', kong(30, { extraRoutes: 30 }), false, [37, 36, 65, 90], [7669, 34_288, 87_300]],
    ['within reach, mTLS', kong(100), true, [107, 106, 105, 300], [54_989, 88_376, 291_116]],
  ])(
    '%s: counts as measured, bytes within 3 %% (%#)',
    (_, counts, mtls, [clusters, listeners, routes, endpoints], sizes) => {
      expect(kongLoad(counts, mtls)).toMatchObject({ clusters, listeners, routes, endpoints });
      const bytes = kongBytes(counts, mtls);
      const all = [bytes.clusters, bytes.listeners, bytes.endpoints];
      for (const [index, size] of sizes.entries())
        expect(Math.abs((all[index] as number) - size)).toBeLessThanOrEqual(size * 0.03);
    },
  );
});
