import { serve } from '../../support/http-server.ts';

export interface ApiOptions {
  p95?: string;
  rounds?: number;
  duration?: string;
  rate?: number;
  arrivals?: 'poisson' | 'constant';
  warmup?: string;
  headers?: string;
}

/** One http workload against a server of the test. */
export const scenario = (url: string, { p95 = '500ms', rounds = 1, duration = '500ms', rate = 100, arrivals = 'poisson', warmup = '0ms', headers = '{}' }: ApiOptions = {}): string => `name: api
tags: [default]
rounds: ${rounds}
target: { baseUrl: "${url}", headers: ${headers} }
workloads:
  - name: health
    http:
      request: { path: /health }
      load: { model: open, rate: ${rate}, arrivals: ${arrivals}, duration: ${duration}, warmup: ${warmup}, timeout: 2s }
    sla: { latency: { p95: ${p95} }, errorRate: 5% }
`;

/** A server that answers everything at once. */
export const ok = (): Promise<{ url: string; port: number; close: () => Promise<void> }> => serve((_request, response) => response.end('ok'));
