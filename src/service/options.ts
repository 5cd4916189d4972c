import { BenchError, EXIT } from '../errors.ts';
import { FAULTS_VARIABLE, parseFaults, type Faults } from './faults.ts';

export interface ServiceOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Encodes at once. */
  concurrency: number;
  /** Jobs that may wait; beyond it a submit is answered 503. */
  queueLimit: number;
  /** pino's level; `silent` for none. */
  logLevel: string;
  /** True: a process of this machine stands before it, and X-Forwarded-For says who asks. */
  behindProxy: boolean;
  /** How long a stop waits for requests in flight. */
  drainMs: number;
  /** What /api asks for in x-api-key. */
  apiKey: string;
  /** Largest body of a request. */
  bodyLimit: number;
  faults: Faults;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];

/** From READYBENCH_SERVICE_HOST, _PORT, _CONCURRENCY, _QUEUE_LIMIT, _LOG, _API_KEY, _BEHIND_PROXY, MAX_CONCURRENT_JOBS and READYBENCH_FAULTS. Throws a BenchError (2). */
export function serviceOptions(env: Environment = process.env): ServiceOptions {
  const faults = parseFaults(env[FAULTS_VARIABLE]);
  return {
    host: env['READYBENCH_SERVICE_HOST'] || '127.0.0.1',
    port: whole(env, 'READYBENCH_SERVICE_PORT', 0, 0, 65_535),
    concurrency: whole(env, 'READYBENCH_SERVICE_CONCURRENCY', whole(env, 'MAX_CONCURRENT_JOBS', 2, 1, 64), 1, 64),
    queueLimit: whole(env, 'READYBENCH_SERVICE_QUEUE_LIMIT', 100, 0, 100_000),
    logLevel: level(env),
    behindProxy: env['READYBENCH_SERVICE_BEHIND_PROXY'] === '1',
    drainMs: 5_000,
    apiKey: env['READYBENCH_SERVICE_API_KEY'] || 'readybench-demo-key',
    bodyLimit: faults.off.has('body-limit') ? 64 * 1024 * 1024 : 64 * 1024,
    faults,
  };
}

function whole(env: Environment, variable: string, otherwise: number, min: number, max: number): number {
  const text = env[variable];
  if (text === undefined || text === '') return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new BenchError(EXIT.usage, `${variable} must be a whole number from ${min} to ${max}: got ${JSON.stringify(text)}`);
}

function level(env: Environment): string {
  const text = env['READYBENCH_SERVICE_LOG'] || 'silent';
  if (LEVELS.includes(text)) return text;
  throw new BenchError(EXIT.usage, `READYBENCH_SERVICE_LOG must be one of ${LEVELS.join(', ')}: got ${JSON.stringify(text)}`);
}
