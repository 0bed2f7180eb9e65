import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from '../take-in.ts';
import { trustOf } from './trust.ts';

const fallback = { rootNamespace: 'istio-system', trustDomain: 'cluster.local' };
const of = (text: string) => trustOf(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), fallback);

test('without a mesh configuration the defaults hold, and are not known', () => {
  expect(of('')).toEqual({ ...fallback, known: false, aliases: [], foreign: [] });
});

test.each([
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n    CONFIG\n'],
  [
    'an IstioOperator',
    'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: a}\nspec:\n  meshConfig:\n    CONFIG\n',
  ],
  [
    'the Sail operator',
    'apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: a}\nspec:\n  values:\n    meshConfig:\n    CONFIG\n',
  ],
])('it is read from %s', (_, text) => {
  const config =
    '{trustDomain: team@air.example, rootNamespace: mesh, trustDomainAliases: [old.td, old.td], caCertificates: [{pem: x, trustDomains: [partner.td, old.td]}]}';
  expect(of(text.replace('meshConfig:\n    CONFIG', `meshConfig: ${config}`).replace('CONFIG', config))).toEqual({
    rootNamespace: 'mesh',
    trustDomain: 'team.air.example',
    known: true,
    aliases: ['old.td'],
    foreign: ['partner.td'],
  });
});
