import { isThisMachine } from '../../base-url.ts';
import { videoWords, type PlannedVideo, type PlanThresholds } from '../../record/plan.ts';
import type { GpuResult } from './gpu.ts';
import type { PlanBase } from './make-plan.ts';

export interface Known extends PlanBase {
  gpu: GpuResult;
  thresholds: PlanThresholds;
  /** What the deployment says a video is. */
  wanted: PlannedVideo | null;
  target: string | null;
  /** Of the records: others measure other content, which is not planned with. */
  profile: string;
  /** Deployments that say how many videos are submitted at once. */
  atOnce: readonly string[];
  /** As the command line names it. */
  scenario: string;
}

/** What is not known, and the command that would tell. */
export function asksOf({ gpu, bytesPerVideo, prices, server, thresholds: { maxConcurrentJobs, queue, cpu }, wanted, target, profile, atOnce, scenario }: Known): string[] {
  const capacity = (command: string, workload: string): string => `bench capacity ${command}${scenario}${profile === 'quick' ? '' : ` --profile ${profile}`} --workload ${workload}`;
  return [
    ...(wanted === null ? [`Whether the deployment's videos are like the ones that were measured (${videoWords(server.video)}): add to it, for example, video: { duration: 30s, height: 1080 }.`] : []),
    ...(gpu.type === 'missing' ? [gpuAsk(gpu, scenario)] : []),
    ...(gpu.type === 'compared' && prices !== null && prices.gpuPerHour === null ? ['The price of a GPU machine: prices.gpu in bench.config.yaml.'] : []),
    ...(prices !== null && prices.storagePerGbMonth === null ? ['The price of storage, which is left out of the costs: prices.storage in bench.config.yaml.'] : []),
    ...(prices !== null && prices.asOf === null ? ['The day on which the prices were looked up: prices.asOf in bench.config.yaml.'] : []),
    ...(bytesPerVideo === null ? [`The size of a video${prices === null ? '' : ', so that storage is left out of the costs'}: no result was fetched. Add fetch to the job workload, or run a batch of encodes.`] : []),
    ...(maxConcurrentJobs === null ? [`MAX_CONCURRENT_JOBS: throughput over concurrency was not measured. ${capacity('scale ', '<job or encode>')}.`] : []),
    ...(queue === null ? [`The queue length at which to scale out: ${server.limit === null ? 'the SLA has no limit on how long one video may take (sla.completion, or sla.wall of an encode)' : 'no stored run says how long one video takes (bench run with the job workload)'}.`] : []),
    ...(server.processingMs === null && atOnce.length > 0 ? [`When videos are done that are submitted at once (concurrent of ${atOnce.join(', ')}): no stored run says how long one video takes (bench run with the job workload).`] : []),
    ...(cpu === null ? [`The share of the processors at which to scale out: ${isThisMachine(target) ? `nobody looked at them while these videos were made. ${capacity('scale ', server.workload)} does.` : `the service runs on another machine (${target ?? ''}); those of this one are the load generator's. Read the service's own at the highest rate that keeps the SLA.`}`] : []),
    ...(server.basis === 'encodes' ? ['What the service adds around the encodes (uploads, scripts, downloads): only encodes were measured. A job workload measures videos end to end.'] : []),
    ...(server.basis === 'jobs' ? [`The highest rate of videos within the SLA: what is planned with was seen at one ${server.concurrency === null ? 'rate' : 'concurrency'}. ${capacity('', server.concurrency === null ? server.workload : '<a job workload with a rate>')} searches for it.`] : []),
  ];
}

function gpuAsk({ why, detail }: Extract<GpuResult, { type: 'missing' }>, scenario: string): string {
  const because = detail === null ? '' : ` (${detail})`;
  switch (why) {
    case 'gpu':
      return `GPU against CPU: no batch was measured on a GPU${because}. Run the same scenario on a machine with one, then bench capacity plan ${scenario} --gpu <that run>.`;
    case 'gpu-broken':
      return `GPU against CPU: the batch on the GPU broke its SLA${because}. What it made then is no capacity.`;
    case 'cpu':
      return `GPU against CPU: the batch was not measured on the CPU within its SLA${because}. Only the same encodes on both can be compared.`;
    case 'quality':
      return 'GPU against CPU at equal quality: the encoders were only compared at one bit rate. Add encode.curve.bitrates to a single encode of the same clip and presets, and run again.';
  }
}
