import type { Json } from '../../load/json-pointer.ts';
import type { Reach } from './reach.ts';

/** What the manifests of a test need to know. */
export interface ExportOptions {
  /** Of everything, with a suffix where one thing is not enough: see names.ts. */
  name: string;
  namespace: string;
  parallelism: number;
  image: string;
  starterImage: string;
  cpu: string;
  memory: string;
  storage: string;
  storageClass: string | null;
  /** Environment variables that a Secret holds; empty: none is needed. */
  secrets: readonly string[];
  /** Text files of the ConfigMap by name, and binary ones. */
  files: Readonly<Record<string, string>>;
  binaryFiles: Readonly<Record<string, Buffer>>;
  script: string;
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

/** The pods that send the load, by the labels that the operator gives them. */
export const runners = (name: string): Record<string, string> => ({ app: 'k6', k6_cr: name, runner: 'true' });
