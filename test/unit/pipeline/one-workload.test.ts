import { describe, expect, it } from 'vitest';
import { headOf } from '../../../src/pipeline/one-workload.ts';
import { boundDouble, chosenDouble, needsDouble } from '../../support/capacity-doubles.ts';

describe('the head of a record', () => {
  it('has the command that measures it again: of what went on, the one that it was begun with', async () => {
    const bound = boundDouble(() => ({ p95: 1 }));
    const { request } = await needsDouble();
    const head = (resume: { run: { command: string } } | null): string =>
      headOf(
        { scenario: chosenDouble(bound), workload: { name: 'double', bound }, request: { ...request, command: 'bench capacity --resume found', resume } },
        { id: 'x', status: 'complete', startedAt: '2026-01-01T00:00:00.000Z', environment: { hard: {}, soft: {}, hash: 'x' }, text: (value) => value.replaceAll('secret', '***') },
      ).run.command;
    expect(head(null)).toBe('bench capacity --resume found');
    expect(head({ run: { command: 'bench capacity api.yaml --target http://secret@host --out found' } })).toBe('bench capacity api.yaml --target http://***@host --out found');
  });
});
