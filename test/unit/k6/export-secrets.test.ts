import { describe, expect, it } from 'vitest';
import { placeholderOf, withSecretReferences } from '../../../src/k6/export/secrets.ts';
import type { PartOf } from '../../../src/k6/make-plan.ts';
import { plainGet, single, type ExpectationPlan, type RequestPlan } from '../../../src/load/plan.ts';
import { openPlan } from '../../support/k6/plans.ts';

const token = placeholderOf('TOKEN');
const plain = plainGet('/x');
const partOf = (step: Partial<RequestPlan>, part: Partial<PartOf> = {}, data: Parameters<typeof openPlan>[0] = {}): PartOf => ({ workload: 'videos', round: 0, setup: [], load: openPlan({ flows: [single({ ...plain, ...step })], ...data }), ...part });
const stepOf = (part: PartOf): RequestPlan => withSecretReferences([part])[0]!.load.flows[0]!.steps[0]!;
const expecting = (expect: Partial<ExpectationPlan>): Partial<RequestPlan> => ({ expect: { ...plain.expect, ...expect } });

describe('secrets become references', () => {
  it('in paths, headers and bodies, as each wants them', () => {
    const given = partOf({ path: `/x?key=${token}`, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: { type: 'text', text: [`{"a":"${token}","id":`, { ref: 'id', as: 'json' }, '}'] } });
    expect(stepOf(given)).toMatchObject({
      path: ['/x?key=', { ref: 'secret.TOKEN', as: 'path' }],
      headers: { authorization: ['Bearer ', { ref: 'secret.TOKEN', as: 'text' }], 'content-type': 'application/json' },
      body: { type: 'text', text: ['{"a":"', { ref: 'secret.TOKEN', as: 'json-text' }, '","id":', { ref: 'id', as: 'json' }, '}'] },
    });
  });

  it('in values of forms, in what answers are compared with, and in set-up steps', () => {
    const form = partOf({ body: { type: 'multipart', boundary: 'b', parts: [{ name: 'key', filename: null, contentType: null, content: { type: 'value', text: token } }] } });
    expect(stepOf(form).body).toMatchObject({ parts: [{ name: 'key', content: { text: [{ ref: 'secret.TOKEN', as: 'text' }] } }] });
    const compared = partOf(expecting({ bodyIncludes: `is ${token}`, json: [{ pointer: '/a', match: { type: 'equals', to: `"${token}"` } }], headers: [{ name: 'x', match: { type: 'equals', to: token } }, { name: 'y', match: { type: 'exists' } }] }));
    expect(stepOf(compared).expect).toMatchObject({
      bodyIncludes: ['is ', { ref: 'secret.TOKEN', as: 'text' }],
      json: [{ match: { to: ['"', { ref: 'secret.TOKEN', as: 'json-text' }, '"'] } }],
      headers: [{ match: { to: [{ ref: 'secret.TOKEN', as: 'text' }] } }, { match: { type: 'exists' } }],
    });
    expect(withSecretReferences([partOf({}, { setup: [{ ...plain, path: `/${token}` }] })])[0]!.setup[0]!.path).toEqual(['/', { ref: 'secret.TOKEN', as: 'path' }]);
  });

  it('and what has none stays as it is', () => {
    const given = partOf({ path: ['/', { ref: 'id', as: 'path' }], ...expecting({ bodyMatches: 'ok' }) });
    expect(withSecretReferences([given])).toEqual([given]);
  });
});

describe('a secret where the script has no template is refused, by the scenario’s word for the place', () => {
  const capture = (from: RequestPlan['capture'][number]['from']): Partial<RequestPlan> => ({ capture: [{ name: 'id', secret: false, from }] });
  it.each<[string, PartOf]>([
    ['bodyMatches of expect', partOf(expecting({ bodyMatches: `^${token}$` }))],
    ['a regular expression of expect', partOf(expecting({ json: [{ pointer: '/a', match: { type: 'matches', pattern: token } }] }))],
    ['a regular expression of expect', partOf(expecting({ headers: [{ name: 'x', match: { type: 'matches', pattern: token } }] }))],
    ['capture', partOf(capture({ type: 'body', pattern: `${token}(.*)` }))],
    ['capture', partOf(capture({ type: 'header', header: 'x', pattern: token }))],
    ['data.generate', partOf({}, {}, { data: { rows: [], order: 'sequential', generate: [{ name: 'key', generator: { type: 'choice', values: ['a', token] } }], seed: 1, first: 0 } })],
    ['multipart', partOf({ body: { type: 'multipart', boundary: 'b', parts: [{ name: token, filename: null, contentType: null, content: { type: 'value', text: '' } }] } })],
    ['capture', partOf({}, { setup: [{ ...plain, ...capture({ type: 'json', pointer: `/${token}` }) }] })],
  ])('%s', (place, part) => {
    expect(() => withSecretReferences([part])).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(new RegExp(`^videos: \\$\\{secret\\.TOKEN\\} stands in .*${place}`)) as string }) as Error);
  });
});
