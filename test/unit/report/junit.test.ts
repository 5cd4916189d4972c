import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderJunit } from '../../../src/report/junit.ts';
import { escapeXml } from '../../../src/report/xml.ts';
import * as records from '../../support/records.ts';

const SCHEMA = readFileSync(new URL('../../support/fixtures/junit.xsd', import.meta.url), 'utf8');
const RECORDS: [string, RunRecord][] = Object.entries(records).flatMap(([name, make]) => (name.endsWith('Record') && typeof make === 'function' ? [[name, (make as () => RunRecord)()] as [string, RunRecord]] : []));

async function complaints(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema: { fileName: 'junit.xsd', contents: SCHEMA } });
  return errors.map(({ rawMessage }) => rawMessage);
}

describe('JUnit report', () => {
  it.each(RECORDS)('%s is valid against the XSD, and red exactly where the exit code is not 0', async (_name, record) => {
    const xml = renderJunit(record);
    expect(await complaints(xml)).toEqual([]);
    const [, failures, errors] = /<testsuites .*failures="(\d+)" errors="(\d+)"/.exec(xml) ?? [];
    expect(Number(failures) + Number(errors) > 0).toBe(record.exitCode !== 0);
  });

  it('the schema refuses what is no JUnit', async () => {
    expect(await complaints('<testsuites tests="1"><testcase/></testsuites>')).not.toEqual([]);
    expect(await complaints(renderJunit(records.passRecord()).replace('<properties>', '<property/><properties>'))).not.toEqual([]);
  });

  it('names the limit, the figure and the baseline of what failed', () => {
    expect(renderJunit(records.regressionRecord()).split('\n').filter((line) => /<failure|<testcase name="(SLA: p95|baseline: p95)/.test(line)).map((line) => line.trim())).toMatchInlineSnapshot(`
      [
        "<testcase name="SLA: p95 latency ≤ 100 ms" classname="readybench.video-generation-api.health">",
        "<testcase name="baseline: p95 latency" classname="readybench.video-generation-api.health">",
        "<failure message="latency.p95 of health changed by 58.0 %" type="regression"/>",
      ]
    `);
  });

  it('what a waiver or --fail-on leaves out is skipped with its sentence', () => {
    const record = records.regressionRecord();
    const xml = renderJunit({ ...record, exitCode: 0, verdict: { ...record.verdict, status: 'pass', reasons: [] } });
    expect(xml).not.toContain('<failure');
    expect(xml).toContain('<skipped message="regression: latency.p95 of health changed by 58.0 %"/>');
  });

  it('any text can stand in it', async () => {
    const xml = renderJunit(records.hostileRecord('\u0000\uFFFE\uD800 </failure> ]]> "&<\'\n\t é 🎬'));
    expect(await complaints(xml)).toEqual([]);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"'\n\r]|&(?!#?\w+;)/.test(escapeXml(text))));
  });
});
