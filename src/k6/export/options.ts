import type { Json } from '../../load/json-pointer.ts';
import type { Reach } from './reach.ts';
import type { ScriptTest } from './script-test.ts';

/** The files of a ConfigMap by name, those that are no text apart. */
export interface Files {
  files: Readonly<Record<string, string>>;
  binaryFiles: Readonly<Record<string, Buffer>>;
}

/** The generic script with its plan: every round of every workload of requests, one after the other. */
export interface GenericTest extends Files {
  /** Of one of its pods. */
  memory: string;
  /** Of the whole test, at most. */
  runMs: number;
}

/** What the manifests of a test need to know. */
export interface ExportOptions {
  /** Of everything, with a suffix where one thing is not enough: see names.ts. */
  name: string;
  namespace: string;
  parallelism: number;
  image: string;
  starterImage: string;
  cpu: string;
  storage: string;
  storageClass: string | null;
  /** Environment variables that a Secret holds; empty: none is needed. */
  secrets: readonly string[];
  /** Null where no workload is one of requests. */
  generic: GenericTest | null;
  /** Scripts of a team's own, and what a pod of theirs has for memory. */
  scripts: readonly ScriptTest[];
  scriptMemory: string;
  target: Reach;
  /** Samples go there as native histograms; null: to files on a volume. */
  prometheus: { url: string; reach: Reach } | null;
  /** Whether the target or Prometheus is a name that pods look up. */
  asksDns: boolean;
  /** Of the plan: what is in Prometheus is told apart by it. */
  planId: string;
}

export type Manifest = Record<string, Json>;

export const labels = (name: string): Record<string, string> => ({ 'app.kubernetes.io/name': 'readybench-k6', 'app.kubernetes.io/instance': name });
export const metadata = ({ name, namespace }: Pick<ExportOptions, 'name' | 'namespace'>, own = name): Manifest => ({ name: own, namespace, labels: labels(name) });

/** Of every TestRun, in the order they are run in. */
export const testNames = ({ name, generic, scripts }: Pick<ExportOptions, 'name' | 'generic' | 'scripts'>): string[] => [...(generic === null ? [] : [name]), ...inTurns(scripts)];

/** Round by round: what disturbs one disturbs all. */
function inTurns(scripts: readonly ScriptTest[]): string[] {
  const rounds = Math.max(0, ...scripts.map(({ runs }) => runs.length));
  return Array.from({ length: rounds }, (_, round) => scripts.flatMap(({ runs }) => runs[round] ?? [])).flat();
}
