import { nameOf } from './schema.ts';

/** What a metric of k6 is called in the record, by its type; its own name, with its tag, is the label `metric`. */
export function metricIds(key: string): { trend: string; rate: string; counter: string } {
  const own = nameOf(key);
  return {
    trend: 'k6',
    rate: own === 'http_req_failed' ? 'errors.rate' : own === 'checks' ? 'k6.checks' : 'k6.rate',
    counter: own === 'http_reqs' ? 'throughput' : 'k6.perSecond',
  };
}
