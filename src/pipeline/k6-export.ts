import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { lookup } from 'node:dns/promises';
import { BenchError, EXIT } from '../errors.ts';
import { createToolResolver } from '../host/tools.ts';
import { placeholderOf, withSecretReferences } from '../k6/export/secrets.ts';
import type { TargetRule } from '../k6/export/manifests.ts';
import type { Judging } from '../k6/judging.ts';
import { makeK6Plan, type PartOf } from '../k6/make-plan.ts';
import type { K6Plan } from '../k6/plan.ts';
import type { BodyPlan } from '../load/plan.ts';
import { seedFor } from '../random.ts';
import { findScenarios } from '../scenario/find.ts';
import { guard } from '../target/guard.ts';
import { hostOf, isLoopback, literal } from '../target/addresses.ts';
import { parseBaseUrl } from '../target/resolve.ts';
import { plannedHttp } from '../workloads/http/http.ts';
import { limitsOf } from '../workloads/http/limits.ts';
import { chooseWorkloads } from './choose.ts';
import { places, readPlan } from './plan.ts';
import type { RunRequest } from './request.ts';

export interface ExportedTest {
  plan: K6Plan;
  judging: Omit<Judging, 'image'>;
  secrets: string[];
  target: string;
  rule: TargetRule;
  /** Files of bodies by the name they have beside the script. */
  bodies: Record<string, Buffer>;
  leftOut: { workload: string; why: string }[];
}

/** A scenario as a test for a cluster: nothing is sent from here, secrets stay where they are. Throws a BenchError (2). */
export async function exportTest(scenario: string, request: RunRequest, options: { parallelism: number; targetCidrs: readonly string[] }): Promise<ExportedTest> {
  const [file] = await findScenarios([scenario], places(request.cwd));
  const secrets = file === undefined ? [] : [...new Set([...(await readFile(file, 'utf8')).matchAll(/\$\{secret\.([A-Za-z_]\w*)\}/g)].map(([, name]) => name ?? ''))];
  const env = { ...request.env, ...Object.fromEntries(secrets.map((name) => [name, placeholderOf(name)])) };
  const { plan: whole, config } = await readPlan({ ...request, scenarios: [scenario], env });
  const [chosen, ...others] = chooseWorkloads(whole, { name: 'k6' });
  const planned = whole.scenarios.find(({ name }) => name === chosen?.name);
  if (chosen === undefined || planned === undefined || others.length > 0) throw new BenchError(EXIT.usage, `${scenario} is ${others.length + 1} scenarios: a test is one`, { hint: 'Name one file.' });

  const { url, rule } = await clusterTarget(chosen.target?.baseUrl, options.targetCidrs, { allowTargets: config.allowTargets, confirmTarget: request.confirmTarget });
  const baseUrl = url.href.replace(/\/+$/, '');
  const target = { baseUrl, label: baseUrl, headers: chosen.target?.headers ?? {}, addresses: [] };
  const leftOut = [...chosen.skipped];
  const parts: PartOf[] = [];
  const workloads: Judging['workloads'] = [];
  for (const { name, spec } of planned.workloads) {
    if (!chosen.workloads.some((each) => each.name === name)) continue;
    if (!('http' in spec)) {
      leftOut.push({ workload: name, why: 'a script of its own is not exported: bench k6 run runs it here' });
      continue;
    }
    const context = { name, rounds: chosen.rounds, seed: seedFor(request.seed, chosen.name, name), target, scenarioDir: chosen.dir, workDir: tmpdir(), tools: createToolResolver(request.env), signal: new AbortController().signal, insecureTls: request.insecureTls, keepSecret: () => undefined, progress: () => undefined };
    (await plannedHttp(spec, context, chosen.rounds)).forEach((part, round) => parts.push({ workload: name, round, ...part }));
    workloads.push({ name, load: { ...spec.http.load }, limits: limitsOf(spec) });
  }
  if (parts.length === 0) throw new BenchError(EXIT.usage, `${scenario} has no workload that can be exported`, { hint: 'Only http workloads run on a cluster.' });
  parts.sort((a, b) => a.round - b.round);
  const bodies = new Map<string, { name: string; content: Buffer }>();
  const movable: PartOf[] = [];
  for (const part of withSecretReferences(parts)) movable.push(await withBodiesBeside(part, bodies));
  const plan = makeK6Plan(chosen.name, movable, options.parallelism, secrets);
  return {
    plan,
    secrets,
    target: baseUrl,
    rule,
    bodies: Object.fromEntries([...bodies.values()].map(({ name, content }) => [name, content])),
    leftOut,
    judging: {
      schema: 1,
      plan: plan.id,
      scenario: { name: chosen.name, file: chosen.file, sha256: chosen.sha256, source: chosen.source, target: baseUrl, gate: chosen.gate },
      profile: request.profile,
      seed: request.seed,
      rounds: chosen.rounds,
      insecureTls: request.insecureTls,
      workloads,
    },
  };
}

/** Where pods send the load. A pod's loopback is its own: such a target is a mistake. */
async function clusterTarget(baseUrl: string | undefined, cidrs: readonly string[], rules: { allowTargets: readonly string[]; confirmTarget: string | undefined }): Promise<{ url: URL; rule: TargetRule }> {
  const hint = 'Give the address that the pods reach it at: --target http://api.shop.svc:8080';
  if (baseUrl === undefined || baseUrl.startsWith('embedded')) throw new BenchError(EXIT.usage, `the target is ${baseUrl ?? 'not given'}: pods of a cluster cannot reach it`, { hint });
  const url = parseBaseUrl(baseUrl);
  const host = hostOf(url);
  const own = literal(host);
  if (host === 'localhost' || (own !== null && isLoopback(own))) throw new BenchError(EXIT.usage, `${baseUrl} is this machine: pods of a cluster cannot reach it`, { hint });
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const service = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.|$)/.exec(host)?.[1];
  const addresses = own !== null ? [own] : service !== undefined || cidrs.length > 0 ? [] : await addressesOf(host);
  guard(url, addresses, rules);
  if (cidrs.length > 0) return { url, rule: { type: 'cidrs', cidrs, port } };
  if (service !== undefined) return { url, rule: { type: 'namespace', namespace: service } };
  return { url, rule: { type: 'cidrs', cidrs: addresses.map(({ address, family }) => `${address}/${family === 4 ? 32 : 128}`), port } };
}

async function addressesOf(host: string): Promise<{ address: string; family: 4 | 6 }[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (thrown) {
    throw new BenchError(EXIT.usage, `${host} does not resolve here, so the network policy cannot name its addresses`, { hint: 'Give them: --target-cidr 10.0.0.0/24; a service of the cluster is written name.namespace.svc.', cause: thrown });
  }
}

/** Files of bodies lie beside the script, each once, whatever folders they came from. @param bodies by the path they came from */
async function withBodiesBeside(part: PartOf, bodies: Map<string, { name: string; content: Buffer }>): Promise<PartOf> {
  const beside = async (path: string): Promise<string> => {
    const known = bodies.get(path);
    if (known !== undefined) return `./${known.name}`;
    const name = `body-${bodies.size}-${basename(path).replaceAll(/[^\w.-]/g, '-')}`;
    bodies.set(path, { name, content: await readFile(path) });
    return `./${name}`;
  };
  const moved = async (body: BodyPlan): Promise<BodyPlan> => {
    if (body.type === 'file') return { ...body, path: await beside(body.path) };
    if (body.type !== 'multipart') return body;
    const parts: (typeof body.parts)[number][] = [];
    for (const each of body.parts) parts.push(each.content.type === 'file' ? { ...each, content: { ...each.content, path: await beside(each.content.path) } } : each);
    return { ...body, parts };
  };
  const flows: PartOf['load']['flows'][number][] = [];
  for (const flow of part.load.flows) {
    const steps: (typeof flow.steps)[number][] = [];
    for (const step of flow.steps) steps.push({ ...step, body: await moved(step.body) });
    flows.push({ ...flow, steps });
  }
  return { ...part, load: { ...part.load, flows } };
}
