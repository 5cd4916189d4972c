import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

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
    drawScript: inline(readFileSync(new URL('draw.client.js', import.meta.url), 'utf8')),
  };
  return read;
}

/** The source expression of an inline script for a content security policy: only these scripts run, whatever the page holds. */
export function policyHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/** A script as it can stand inside a script element, less the module marker that the compiler may add. */
function inline(script: string): string {
  return script.replace(/^export \{\};\s*$/m, '').replaceAll(/<(?=\/script|!--)/gi, '\\x3C');
}
