import { describe, expect, it } from 'vitest';
import { isReporterName, plannedReports, REPORTERS } from '../../../src/report/reporters.ts';
import { passRecord } from '../../support/records.ts';

const options = { color: false, width: 80, files: [] };

describe('reporters', () => {
  it('files come before what is printed', () => {
    expect(plannedReports(['terminal', 'markdown', 'terminal']).map(({ name, destination }) => [name, destination])).toEqual([
      ['markdown', { to: 'file', name: 'report.md' }],
      ['terminal', { to: 'stdout' }],
    ]);
  });

  it('beside json nothing else goes to stdout', () => {
    expect(plannedReports(['terminal', 'json']).map(({ name, destination }) => [name, destination.to])).toEqual([['terminal', 'stderr'], ['json', 'stdout']]);
  });

  it('json is the record itself', () => {
    const record = passRecord();
    expect(JSON.parse(REPORTERS.json.map(({ render }) => render(record, options)).join(''))).toEqual(record);
  });

  it('knows its names and no others', () => {
    expect(isReporterName('markdown')).toBe(true);
    expect(isReporterName('toString')).toBe(false);
  });

  it.each(Object.entries(REPORTERS))('%s renders the same record to the same text, with a line break at the end', (_name, outputs) => {
    for (const { render } of outputs) {
      const text = render(passRecord(), options);
      expect(text.endsWith('\n')).toBe(true);
      expect(render(passRecord(), options)).toBe(text);
    }
  });

  it('github adds to the summary of the job and annotates on stdout', () => {
    expect(plannedReports(['terminal', 'github']).map(({ name, destination }) => [name, destination.to])).toEqual([['github', 'append'], ['terminal', 'stdout'], ['github', 'stdout']]);
  });
});
