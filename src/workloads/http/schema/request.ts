import { z } from 'zod';
import { bytes, count, durationMs, name, needs } from '../../../fields.ts';
import { UNSENDABLE } from '../../dialogue/path.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const headers = z.record(z.string(), z.string()).describe('header names and values; ${secret.X} for credentials');

const wantedPart = (issue: { input?: unknown }): string => needs('a part: name, and file or value', issue.input);
const part = z
  .strictObject({
    name: z.string().min(1).describe('of the form field'),
    file: z.string().optional().describe('path of the file that is sent, from the folder of the scenario; read while it is sent, never held in memory'),
    value: z.string().optional().describe('text that is sent'),
    filename: z.string().optional().describe('what the service is told; without it the name of the file'),
    contentType: z.string().optional().describe('without it application/octet-stream for files'),
  })
  .refine((each) => (each.file === undefined) !== (each.value === undefined), { error: wantedPart });

const wantedPath = (issue: { input?: unknown }): string => needs('a path that starts with /, for example /health', issue.input);

/** As it is sent: what HTTP allows in a path, for clients refuse to send the rest. Secrets stand in it as marks (scenario/interpolate.ts). */
export const path = z
  .string({ error: wantedPath })
  .regex(/^\//, { error: wantedPath })
  .refine((text) => !UNSENDABLE.test(text.replaceAll(/\0(?:\{|<\w+>)/g, '')), { error: 'must be written as it is sent: %20 for a space, other characters percent-encoded too' });

export const request = z.strictObject({
  method: z.enum(METHODS).default('GET').describe('HTTP method'),
  path: path.describe('path and query, appended to the base URL; ${var} is replaced by captured values, ${data.x} by those of the row'),
  headers: headers.default({}),
  json: z.json().optional().describe('body, sent as application/json'),
  body: z.string().optional().describe('body, sent as it is'),
  bodyFile: z.string().optional().describe('body from this file, from the folder of the scenario; read while it is sent'),
  multipart: z.array(part).min(1, { error: 'needs at least one part' }).optional().describe('body as multipart/form-data, as browsers upload files'),
});

const wantedStatus = (issue: { input?: unknown }): string => needs('a status (200), a list of them ([200, 404]) or a class (2xx)', issue.input);

/** A regular expression; one that cannot be compiled is a mistake of the file. */
const pattern = z.string().superRefine((source, context) => {
  try {
    new RegExp(source);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is no regular expression: ${error instanceof Error ? error.message : String(error)}` });
  }
});

const pointer = z.string().regex(/^(\/.*)?$/, { error: (issue) => needs('a JSON pointer, for example /status or /items/0/id', issue.input) });

const exists = z.strictObject({ exists: z.boolean().describe('true: must be there; false: must not') });
const matches = z.strictObject({ matches: pattern.describe('regular expression') });
const wantedMatch = (issue: { input?: unknown }): string => needs('a value, { exists: true } or { matches: "…" }', issue.input);

export const expectation = z.strictObject({
  status: z
    .union([count(100, 599), z.array(count(100, 599)).min(1), z.string().regex(/^[1-5]xx$/, { error: wantedStatus })], { error: wantedStatus })
    .optional()
    .describe('200, [200, 404] or 2xx; without it every 2xx, and every 3xx that stays on the host, is a success. Redirects are never followed'),
  bodyIncludes: z.string().optional().describe('text that the body must hold'),
  bodyMatches: pattern.optional().describe('regular expression that the body must match'),
  maxBodyBytes: bytes.optional().describe('largest body that counts as a success'),
  json: z
    .record(pointer, z.union([z.string(), z.number(), z.boolean(), z.null(), exists, matches], { error: wantedMatch }))
    .optional()
    .describe('values in a JSON body, by JSON pointer: { /status: done, /id: { exists: true } }'),
  headers: z
    .record(z.string(), z.union([z.string(), exists, matches], { error: wantedMatch }))
    .optional()
    .describe('response headers: { content-type: { matches: ^application/json } }'),
});

const secret = z.boolean().optional().describe('true: never shown, in no report; a value that is sent as a credential (authorization, cookie, x-api-key …) never is');
const wantedCapture = (issue: { input?: unknown }): string => needs('where to find the value: { json: /id }, { header: location } or { regex: "id=(\\\\w+)" }', issue.input);

export const capture = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/, { error: (issue) => needs('a name of letters, digits and _', issue.input) }),
  z.union(
    [
      z.strictObject({ json: pointer.describe('JSON pointer, for example /id'), secret }),
      z.strictObject({ header: z.string().describe('name of a response header'), regex: pattern.optional().describe('the part of it: first group, or the whole match'), secret }),
      z.strictObject({ regex: pattern.describe('in the body: first group, or the whole match'), secret }),
    ],
    { error: wantedCapture },
  ),
);

export const step = z.strictObject({
  name: name.describe('unique in its list; the label `step` of its metrics'),
  request: request.describe('what is sent'),
  expect: expectation.prefault({}).describe('what counts as a success'),
  capture: capture.default({}).describe('variables filled from the answer, for later requests to use as ${var}'),
});

/** Before the next step. */
export const pause = durationMs.pipe(z.number().max(3_600_000, { error: 'is above the ceiling of 1h' }));
