import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ConnectionPool } from './connection-pool.ts';
import { EventLog, type VideoEvent } from './event-log.ts';
import type { JobQueue } from './job-queue.ts';

/** What the service counts, in Prometheus' terms. */
export interface ServiceMetrics {
  registry: Registry;
  request(method: string, route: string, status: number, durationS: number): void;
  job(status: 'done' | 'failed' | 'cancelled', durationS: number): void;
  cache(hit: boolean): void;
  /** Read by a consumer that counts them. */
  events: EventLog;
}

export interface Watched {
  queue: JobQueue;
  pool: ConnectionPool;
  /** False: the consumer of events stands still. */
  consumes: boolean;
}

export function serviceMetrics({ queue, pool, consumes }: Watched): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({ name: 'http_requests_total', help: 'Requests answered', labelNames: ['method', 'route', 'status'] as const, registers });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const jobs = new Counter({ name: 'video_jobs_total', help: 'Encodes that ended', labelNames: ['status'] as const, registers });
  const jobDurations = new Histogram({
    name: 'video_job_duration_seconds',
    help: 'Encodes, from start to end, without the time in the queue',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const hits = new Counter({ name: 'video_cache_hits_total', help: 'Submits of a clip that was there or being made', registers });
  const misses = new Counter({ name: 'video_cache_misses_total', help: 'Submits that started an encode', registers });
  new Gauge({ name: 'video_queue_length', help: 'Jobs waiting', registers, collect() { this.set(queue.length); } });
  new Gauge({ name: 'video_jobs_active', help: 'Encodes running', registers, collect() { this.set(queue.active); } });
  let lookedUp = { hits: 0, all: 0 };
  new Gauge({ name: 'video_cache_hit_ratio', help: 'Share of submits served from the cache since the start; NaN before the first', registers, collect() { this.set(lookedUp.hits / lookedUp.all); } });
  new Gauge({ name: 'db_pool_size', help: 'Connections of the pool', registers, collect() { this.set(pool.size); } });
  new Gauge({
    name: 'db_pool_connections',
    help: 'Connections of the pool by state',
    labelNames: ['state'] as const,
    registers,
    collect() {
      this.set({ state: 'in_use' }, pool.inUse);
      this.set({ state: 'idle' }, pool.size - pool.inUse);
    },
  });
  new Gauge({ name: 'db_pool_waiting', help: 'Requests that wait for a connection', registers, collect() { this.set(pool.waiting); } });
  const consumed = new Counter({ name: 'video_events_consumed_total', help: 'Events of videos that the consumer has read', labelNames: ['type'] as const, registers });
  const events = new EventLog((event: VideoEvent) => consumed.inc({ type: event }), consumes);
  new Gauge({ name: 'consumer_lag', help: 'Events published and not yet read', labelNames: ['topic', 'group'] as const, registers, collect() { this.set({ topic: 'videos', group: 'counter' }, events.lag); } });
  for (const status of ['done', 'failed', 'cancelled']) jobs.inc({ status }, 0);

  // Looking a labelled child up costs more than counting, so each is looked up once. Routes are patterns: there are few.
  const children = new Map<string, { count: { inc(): void }; time: { observe(value: number): void } }>();
  return {
    registry,
    events,
    request(method, route, status, durationS) {
      const key = `${method} ${route} ${status}`;
      let child = children.get(key);
      if (child === undefined) {
        const labels = [method, route, String(status)];
        child = { count: requests.labels(...labels), time: durations.labels(...labels) };
        children.set(key, child);
      }
      child.count.inc();
      child.time.observe(durationS);
    },
    job(status, durationS) {
      jobs.inc({ status });
      jobDurations.observe(durationS);
    },
    cache(hit) {
      (hit ? hits : misses).inc();
      lookedUp = { hits: lookedUp.hits + (hit ? 1 : 0), all: lookedUp.all + 1 };
    },
  };
}
