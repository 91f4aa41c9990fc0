import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, isDeepStrictEqual } from 'node:util';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { kept } from '../../tools/build-foreign.mjs';
import { type ForeignCase, goCases, rustCases, watCases } from './foreign-cases.js';
import { type Dialect, playForeign } from './foreign-stage.js';

const script: Dialect = {
  header: 'x-script',
  marked: (value, mark) => `request log info mark-${mark}; ${value}`,
  begins: / request headers \d/,
};
const actions: Dialect = {
  header: 'x-actions',
  marked: (value, mark) => `${value}mark-${mark}`,
  begins: /mark-\d/,
};

/** What the simulator does otherwise, by case, and why. */
const known = {
  'actions hrBr':
    'cut while the request comes in: Envoy drops the head of the answer that was on its way, here it is sent',
};

const filters: [language: string, () => Uint8Array, Dialect, ForeignCase[], differences: Record<string, string>][] = [
  ['rust', () => kept('rust-parity.wasm'), script, rustCases, {}],
  ['go', () => kept('go-parity.wasm.br'), script, goCases, {}],
  ['wat', () => kept('wat-actions.wasm'), actions, watCases, known],
];

describe('filters of foreign toolchains do in the simulator what they do in Envoy', () => {
  for (const [language, module, dialect, cases, differences] of filters) {
    test(language, async (context) => {
      const parity = new ParityCount(`filters of ${language}`);
      const names = cases.map(({ name }) => name);
      const real = await playForeign('Envoy', module(), dialect, cases);
      const simulated = await playForeign('simulator', module(), dialect, cases);
      const different = names.filter((_, index) => !isDeepStrictEqual(simulated[index], real[index]));
      for (const [index, name] of names.entries()) {
        const reason = differences[name];
        if (!different.includes(name)) parity.same(name);
        else if (reason !== undefined) parity.differs(name, reason);
        else parity.unexplained(name, inspect({ Envoy: real[index], simulator: simulated[index] }, { depth: 5 }));
      }
      parity.tell(context);
      for (const [index, name] of names.entries())
        if (!(name in differences)) assert.deepEqual(simulated[index], real[index], name);
      assert.deepEqual(different, Object.keys(differences), 'a difference that is gone is taken off the list');
    });
  }
});
