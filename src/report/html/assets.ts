import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../paths.ts';

/** Scripts and styles that go into the page: read once from the packages they come in. */
export interface Assets {
  uplotScript: string;
  uplotStyle: string;
  drawScript: string;
}

let read: Assets | undefined;

export function assets(): Assets {
  const { resolve } = createRequire(import.meta.url);
  read ??= {
    uplotScript: inline(readFileSync(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')),
    uplotStyle: readFileSync(resolve('uplot/dist/uPlot.min.css'), 'utf8').replaceAll('</', '<\\/'),
    drawScript: inline(readFileSync(join(PACKAGE_ROOT, 'src', 'report', 'html', 'draw.client.js'), 'utf8')),
  };
  return read;
}

/** The source expression of an inline script for a content security policy: only these scripts run, whatever the page holds. */
export function policyHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/** A script as it can stand inside a script element. */
function inline(script: string): string {
  return script.replaceAll(/<(?=\/script|!--)/gi, '\\x3C');
}
