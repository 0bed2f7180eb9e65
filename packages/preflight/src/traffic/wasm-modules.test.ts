import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { wasmModules } from './wasm-modules.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(wasmModules)).toEqual([]);
});
