import { expect, it } from 'vitest';
import { writtenGates } from '../../../src/pipeline/written-gate.ts';
import { scenario } from '../record/fixture.ts';

const read = (source: string) => {
  const { gates, notes } = writtenGates({ scenarios: [scenario([], { source })] });
  return { metrics: gates.get('demo')?.metrics, notes };
};
const SERIES = 'series: [{ name: queue, promql: max(queue_length), unit: count, take: max, gate: true, minEffect: 20% }]';

it('gates the series that the scenario wants gated, though a URL is as it was written', () => {
  expect(read(`name: demo\ngate: { metrics: { encode.cpu: { gate: false } } }\nobserve: { endpoint: '\${env.METRICS}', prometheus: { url: '\${env.PROM}' }, ${SERIES} }\n`)).toEqual({
    metrics: { 'encode.cpu': { gate: false }, 'observed.count{series=queue,take=max}': { gate: true, minEffect: 0.2 } },
    notes: [],
  });
});

it('says what it could not read, and takes the rest', () => {
  expect(read("name: demo\ngate: { metrics: { encode.cpu: { gate: false } } }\nobserve: { series: [{ name: queue, of: queue_length, take: max, gate: true, minEffect: '${env.LEAST}' }] }\n")).toEqual({
    metrics: { 'encode.cpu': { gate: false } },
    notes: ['the observe section of demo in the record cannot be read: none of its series is gated'],
  });
  expect(read(`gate: { nonsense: 1 }\nobserve: { ${SERIES} }\n`)).toMatchObject({ metrics: { 'observed.count{series=queue,take=max}': { gate: true } }, notes: ['the gate section of demo in the record cannot be read: the usual limits hold'] });
  expect(read('name: [')).toEqual({ metrics: {}, notes: ['the gate section of demo in the record cannot be read: the usual limits hold'] });
  expect(read('name: demo\n')).toEqual({ metrics: {}, notes: [] });
});
