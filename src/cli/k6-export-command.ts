import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';
import { K6_IMAGE, STARTER_IMAGE } from '../k6/export/images.ts';
import type { ExportFlags } from './commands/k6-export.ts';
import { cidr, dnsLabel, kubernetesQuantity, pinnedImage, podLabels, port } from './kubernetes-values.ts';
import { integer, path } from './option-values.ts';

/** `bench k6 export` */
export function addK6Export(k6: Command, done: (code: ExitCode) => void): void {
  k6.command('export <scenario>')
    .exitOverride()
    .description('a folder for kubectl apply: script, plan and a TestRun for the k6 operator')
    .requiredOption('--parallelism <n>', 'pods that share the load', integer(1, 1_000))
    .option('--dir <dir>', 'where to write it (default: k6-export/<scenario>)', path)
    .option('--namespace <name>', 'of the cluster', dnsLabel, 'default')
    .option('--image <image>', 'of k6, with its version', pinnedImage, K6_IMAGE)
    .option('--starter-image <image>', 'of what begins the test, with its version', pinnedImage, STARTER_IMAGE)
    .option('--cpu <quantity>', 'of each pod', kubernetesQuantity, '1')
    .option('--memory <quantity>', 'of each pod (default: by the virtual users)', kubernetesQuantity)
    .option('--storage <quantity>', 'for the results of all pods', kubernetesQuantity, '20Gi')
    .option('--storage-class <name>', 'one that several pods can write to (default: the cluster’s)')
    .option('--target-cidr <cidr...>', 'addresses of the target, for the network policy', cidr)
    .option('--target-selector <labels>', 'labels of the pods behind a service of the cluster, for the network policy: app=api (default: all of its namespace)', podLabels)
    .option('--target-port <port>', 'that the target’s pods listen on, where it is not the one of their service', port)
    .option('--prometheus <url>', 'send histograms by remote write in place of files')
    .option('--prometheus-cidr <cidr...>', 'its addresses, for the network policy, where it is no service of the cluster', cidr)
    .option('--profile <name>', 'as for bench run', 'quick')
    .option('--target <url>', 'where the pods reach the service')
    .option('--filter <text>', 'only workloads whose name contains this')
    .option('--rounds <n>', 'rounds, one after the other', integer(1, 1_000))
    .option('--seed <n>', 'seed of arrivals and data', integer(0, 0xffff_ffff), 1)
    .option('--insecure', 'do not verify TLS certificates')
    .option('--confirm-target <host>', 'confirm that load may go to this host (it must be in bench.config.yaml too); or BENCH_CONFIRM_TARGET')
    .action(async (scenario: string, flags: ExportFlags) => done(await (await import('./commands/k6-export.ts')).exportForCluster(scenario, flags)));
}
