import { setMaxListeners } from 'node:events';
import { BenchError, EXIT } from '../../errors.ts';
import { metric } from '../../record/metrics.ts';
import type { CheckDetail, Finding, NotMeasured } from '../../record/schema.ts';
import { isLoopback } from '../../addresses.ts';
import { preflightTarget } from '../../target/preflight.ts';
import type { Target } from '../../target/target.ts';
import type { Variables } from '../../load/template.ts';
import type { Measurement, PreparedWorkload, WorkloadContext, WorkloadKind } from '../contract.ts';
import type { Asking } from '../dialogue/ask.ts';
import { Client } from '../dialogue/client.ts';
import { checkRequests as checkHttpRequests, credentialsOf } from '../http/check-requests.ts';
import { findFiles, type Files } from '../http/files.ts';
import type { Requests } from '../http/schema.ts';
import { runSetUp } from '../http/setup-steps.ts';
import { backEnd } from './checks/proxy.ts';
import { checksOf } from './checks.ts';
import { checkRequests, type CheckSpec, type CheckWorkload } from './schema.ts';
import { CONNECTIONS, Talk, type Found } from './talk.ts';

const PREFLIGHT_TIMEOUT_MS = 4_000;

/** Behaviour of the target: each check passes or fails, with what was sent and what came back. One round says it all. */
export const check: WorkloadKind<CheckWorkload> = {
  kind: 'check',
  needsTarget: () => true,
  readOnly: ({ check: spec }) => [spec.bodyLimit, spec.idempotency, spec.shutdown, spec.rateLimit, spec.job].every((each) => each === undefined) && checkRequests(spec).every(({ request }) => request.method === 'GET'),
  once: true,
  estimateRoundMs: ({ check: spec }) => checksOf(spec).reduce((sum, { estimateMs }) => sum + estimateMs, 0),
  limits: () => [],
  async prepare({ check: spec }, context) {
    const { name, target, insecureTls, signal, scenarioDir } = context;
    if (target === null) throw new BenchError(EXIT.usage, `${name} sends requests, but the scenario has no target`, { hint: 'Add target: { baseUrl: … } to the scenario.' });
    if (spec.shutdown !== undefined && spec.shutdown.command === undefined && !target.addresses.every(isLoopback)) {
      throw new BenchError(EXIT.usage, `${name}: shutdown ends what runs on this machine, and the target is ${target.label}`, { hint: 'Run it on the machine of the service.' });
    }
    // Every request under way listens to it; that is no leak.
    setMaxListeners(0, signal);
    const requests = asFlow(spec);
    checkHttpRequests(requests, name);
    const files = await findFiles(requests, scenarioDir, name);
    if (spec.proxy !== undefined) backEnd(target, spec.proxy.backend);
    await preflightTarget(target, { timeoutMs: PREFLIGHT_TIMEOUT_MS, insecure: insecureTls, signal });
    return new PreparedChecks(spec, target, context, files);
  },
};

/** The requests of the checks as a flow: what is known of flows holds for them. */
function asFlow(spec: CheckSpec): Requests {
  const requests = checkRequests(spec).slice(spec.setup.length);
  const given = { name: 'given', request: { method: 'GET' as const, path: '/', headers: {} }, expect: {}, capture: { id: { json: '' }, job: { json: '' } } };
  return { setup: [...spec.setup, given], expect: {}, flow: { steps: requests.map(({ path, request, expect, capture }) => ({ name: String(path[1]), request, expect, capture, sla: {} })) } };
}

class PreparedChecks implements PreparedWorkload {
  readonly #spec: CheckSpec;
  readonly #context: WorkloadContext;
  readonly #client: Client;
  readonly #asking: Asking & { files: Files; credentials: ReadonlySet<string> };
  #results: CheckDetail['checks'] = [];
  #notMeasured: NotMeasured[] = [];
  #findings: Finding[] = [];

  constructor(spec: CheckSpec, target: Target, context: WorkloadContext, files: Files) {
    const { insecureTls, keepSecret } = context;
    this.#spec = spec;
    this.#context = context;
    this.#client = new Client(target, { insecureTls, connections: CONNECTIONS });
    this.#asking = { client: this.#client, target, insecureTls, files, credentials: new Set([...credentialsOf(asFlow(spec)), ...referencesOfHeaders(spec)]), keepSecret };
  }

  async runRound(round: number): Promise<void> {
    const { signal, progress, insecureTls, keepSecret, tools, scenarioDir } = this.#context;
    const { target, files, credentials } = this.#asking;
    const { setup, timeout } = this.#spec;
    progress({ phase: 'set-up', done: 0 });
    const setUp = await runSetUp(setup, { target, files, credentials, timeoutMs: timeout, insecureTls, cookies: false, signal, keepSecret });
    if (signal.aborted) return;
    if (setUp.type === 'failed') {
      this.#findings = [{ severity: 'invalid', code: 'set-up-failed', message: `Set-up step ${setUp.step} failed, so nothing was checked: ${setUp.message}`, remedy: 'Correct the step or the target, and run again.', round }];
      return;
    }
    const results: CheckDetail['checks'] = [];
    const notMeasured: NotMeasured[] = [];
    const spec = filledIn(this.#spec, setUp.variables);
    const checks = checksOf(spec);
    const around = { spec, tools, cwd: scenarioDir, signal };
    for (const { name, run } of checks) {
      progress({ phase: name, done: results.length / checks.length });
      const talk = new Talk(this.#asking, setUp.variables, { headers: this.#spec.headers, timeoutMs: timeout, signal });
      const found = await run(talk, around).catch((error: unknown): Found => {
        if (signal.aborted) return { type: 'found', wrong: ['interrupted'], right: '', evidence: [] };
        throw error;
      });
      // What an interrupt cut off says nothing about the service.
      if (signal.aborted) break;
      if (found.type === 'not-measured') {
        const { cause, reason, remedy } = found;
        notMeasured.push({ what: name, cause, reason, remedy });
        continue;
      }
      const { wrong, right, evidence } = found;
      results.push({ name, verdict: wrong.length === 0 ? 'pass' : 'fail', sentences: wrong.length === 0 ? [right] : wrong, evidence });
    }
    this.#results = results;
    this.#notMeasured = notMeasured;
  }

  measurement(): Measurement {
    const failed = this.#results.filter(({ verdict }) => verdict === 'fail').length;
    return {
      validity: { status: this.#findings.length > 0 ? 'invalid' : 'valid', findings: this.#findings },
      metrics: this.#results.length === 0 ? [] : [metric('checks.failed', {}, failed, [failed], this.#results.length)],
      notMeasured: this.#notMeasured,
      histograms: [],
      series: { kind: 'check' },
      detail: { kind: 'check', checks: this.#results.map((each) => ({ ...each, ...severityOf(this.#spec, each.name) })) },
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Left out where it is critical, as all checks are that the scenario says nothing of. */
function severityOf({ severity = {} }: CheckSpec, name: string): Pick<CheckDetail['checks'][number], 'severity'> {
  const own = Object.entries(severity).find(([each]) => each === name)?.[1];
  return own === undefined ? {} : { severity: own };
}

const NAMES = /\$\{([A-Za-z_]\w*)\}/g;

function referencesOfHeaders({ headers, auth }: CheckSpec): string[] {
  return [...Object.values(headers), auth?.expired ?? ''].flatMap((text) => [...text.matchAll(NAMES)].map(([, name]) => name ?? ''));
}

/** The token that has expired is a header of the check's own making: captured values are put in here. */
function filledIn(spec: CheckSpec, variables: Variables): CheckSpec {
  const expired = spec.auth?.expired?.replaceAll(NAMES, (all, name: string) => {
    const value = variables[name];
    return typeof value === 'string' ? value : all;
  });
  return spec.auth === undefined || expired === undefined ? spec : { ...spec, auth: { ...spec.auth, expired } };
}
