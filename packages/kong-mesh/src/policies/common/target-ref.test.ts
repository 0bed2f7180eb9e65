import { describe, expect, test } from 'vitest';
import type { TargetVersion } from '../../version.ts';
import {
  checkTargetRef,
  checkTopTargetRef,
  includesGateways,
  type TargetRef,
  type TargetRefOptions,
} from './target-ref.ts';

function pathsOf(ref: TargetRef, version: TargetVersion, options: Partial<TargetRefOptions> = {}): string[] {
  const found: string[] = [];
  const validation = { version, name: 'a', role: 'consumer' as const, report: (path: string) => void found.push(path) };
  checkTargetRef(ref, 'ref', { kinds: [ref.kind], ...options }, validation);
  return found;
}

describe('2.x', () => {
  test.each([
    [{ kind: 'Mesh' }, []],
    [
      {
        kind: 'Mesh',
        name: 'a',
        mesh: 'b',
        tags: { a: 'b' },
        labels: { a: 'b' },
        namespace: 'c',
        sectionName: 'd',
        proxyTypes: [],
      },
      ['name', 'mesh', 'tags', 'labels', 'namespace', 'sectionName', 'proxyTypes'],
    ],
    [{ kind: 'Mesh', name: '', tags: {}, proxyTypes: ['Sidecar'] }, []],
    [{ kind: 'Dataplane', name: 'a', namespace: 'b' }, []],
    [
      { kind: 'Dataplane', labels: { a: 'b' }, name: 'c', tags: { a: 'b' }, mesh: 'm', proxyTypes: ['Sidecar'] },
      ['tags', 'mesh', 'proxyTypes', 'labels'],
    ],
    [{ kind: 'Dataplane', sectionName: 'a' }, ['sectionName']],
    [{ kind: 'MeshSubset', tags: { a: 'b' } }, []],
    [{ kind: 'MeshSubset', tags: { 'a!': 'b/c', d: '' } }, ['tags["a!"]', 'tags["a!"]', 'tags["d"]']],
    [
      { kind: 'MeshSubset', name: 'a', mesh: 'b', labels: { a: 'b' }, namespace: 'c', sectionName: 'd' },
      ['name', 'mesh', 'labels', 'namespace', 'sectionName'],
    ],
    [{ kind: 'MeshService', name: 'a', sectionName: 'b', namespace: 'c' }, []],
    [{ kind: 'MeshService', name: 'A' }, ['name']],
    [{ kind: 'MeshService', labels: { a: 'b' }, namespace: 'c' }, ['labels']],
    [
      { kind: 'MeshService', name: 'a', mesh: 'b', tags: { a: 'b' }, proxyTypes: ['Sidecar'] },
      ['mesh', 'tags', 'proxyTypes'],
    ],
    [{ kind: 'MeshHTTPRoute', name: 'a', sectionName: 'b' }, ['sectionName']],
    [{ kind: 'MeshExternalService', labels: { a: 'b' } }, []],
    [{ kind: 'MeshMultiZoneService', name: 'A', mesh: 'b' }, []],
    [{ kind: 'MeshServiceSubset', tags: { a: '*' } }, ['name']],
    [{ kind: 'MeshServiceSubset', name: 'A', tags: { a: 'b/c' }, labels: { a: 'b' } }, ['name', 'labels']],
    [{ kind: 'MeshGateway', name: 'a', tags: { a: 'b' } }, ['tags']],
  ] as const)('%j', (ref, fields) => {
    expect(pathsOf(ref, '2.14')).toEqual(fields.map((field) => `ref.${field}`));
  });

  test('a reference to nothing is refused as a whole, by 2.13 at its name', () => {
    for (const kind of ['MeshService', 'MeshHTTPRoute', 'MeshExternalService']) {
      expect(pathsOf({ kind }, '2.14')).toEqual(['ref']);
      expect(pathsOf({ kind }, '2.13')).toEqual(['ref.name']);
    }
  });

  test('policies for inbound traffic can mean a section, some policies the listeners of a gateway', () => {
    expect(pathsOf({ kind: 'Dataplane', sectionName: 'a' }, '2.14', { inbound: true })).toEqual([]);
    expect(pathsOf({ kind: 'MeshGateway', name: 'a', tags: { a: 'b' } }, '2.14', { listenerTags: true })).toEqual([]);
  });
});

test.each([
  [{ kind: 'Mesh', labels: { a: 'b' }, sectionName: 'c' }, ['labels', 'sectionName']],
  [{ kind: 'Dataplane', labels: { a: 'b' }, sectionName: 'c' }, ['sectionName']],
  [{ kind: 'MeshService', sectionName: 'c' }, ['labels']],
  [{ kind: 'MeshMultiZoneService', labels: { a: 'b' }, sectionName: 'c' }, []],
  [{ kind: 'MeshHTTPRoute', labels: {}, sectionName: 'c' }, ['sectionName', 'labels']],
  [{ kind: 'MeshExternalService' }, ['labels']],
] as const)('3.0 %j', (ref, fields) => {
  expect(pathsOf(ref, '3.0')).toEqual(fields.map((field) => `ref.${field}`));
});

test('a kind that is not supported ends the check', () => {
  expect(pathsOf({ kind: 'Mesh', name: 'a' }, '2.14', { kinds: ['MeshService'] })).toEqual(['ref.kind']);
});

test('a top-level kind can be for system policies only; 3.0 knows two', () => {
  const kindsOf = (version: TargetVersion, role: 'system' | 'consumer'): string[] =>
    ['Mesh', 'Dataplane', 'MeshSubset', 'MeshService', 'MeshGateway'].filter((kind) => {
      const found: string[] = [];
      const ref = kind === 'MeshService' || kind === 'MeshGateway' ? { kind, name: 'a' } : { kind };
      const validation = { version, name: 'a', role, report: (path: string) => void found.push(path) };
      checkTopTargetRef(ref, { system: ['MeshGateway'] }, validation);
      return found.length === 0;
    });
  expect(kindsOf('2.14', 'system')).toEqual(['Mesh', 'Dataplane', 'MeshSubset', 'MeshService', 'MeshGateway']);
  expect(kindsOf('2.14', 'consumer')).toEqual(['Mesh', 'Dataplane', 'MeshSubset', 'MeshService']);
  expect(kindsOf('3.0', 'system')).toEqual(['Mesh', 'Dataplane']);
});

test.each([
  [undefined, true],
  [{ kind: 'Mesh' }, true],
  [{ kind: 'Mesh', proxyTypes: ['Sidecar'] }, false],
  [{ kind: 'MeshSubset', proxyTypes: ['Sidecar', 'Gateway'] }, true],
  [{ kind: 'Dataplane' }, false],
  [{ kind: 'MeshHTTPRoute' }, true],
  [{ kind: 'MeshService' }, false],
] as const)('whether %j can be gateways', (ref, expected) => expect(includesGateways(ref)).toBe(expected));
