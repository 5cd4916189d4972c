import type { PlanThresholds } from '../../record/plan.ts';
import type { PlanBase } from './make-plan.ts';
import type { Figures } from './sources.ts';

/** What is not known, and the command that would tell. */
export function asksOf({ gpu, gpuAtEqualQuality, bytesPerVideo, prices, server }: PlanBase, { workload }: Figures, { maxConcurrentJobs, queue }: PlanThresholds, scenario: string): string[] {
  const missing = workload?.workload.notMeasured.find(({ what }) => /nvenc|vaapi|qsv/.test(what));
  return [
    ...(gpu === null ? [`GPU against CPU: no batch was measured on a GPU${missing === undefined ? '' : ` (${missing.what}: ${missing.reason})`}. Run the same scenario on a machine with one, then bench capacity plan ${scenario} --gpu <that run>.`] : []),
    ...(gpu !== null && gpuAtEqualQuality === null ? ['GPU against CPU at equal quality: the encoders were only compared at one bit rate. Add encode.curve.bitrates to a single encode and run again.'] : []),
    ...(gpu !== null && prices !== null && prices.gpuPerHour === null ? [`The price of a GPU machine: prices.gpu in bench.config.yaml.`] : []),
    ...(prices !== null && prices.storagePerGbMonth === null ? [`The price of storage, which is left out of the costs: prices.storage in bench.config.yaml.`] : []),
    ...(bytesPerVideo === null ? ['The size of a video: no result was fetched. Add fetch to the job workload, or run a batch of encodes.'] : []),
    ...(maxConcurrentJobs === null ? [`MAX_CONCURRENT_JOBS: throughput over concurrency was not measured. bench capacity scale ${scenario} --workload <job or encode>.`] : []),
    ...(queue === null ? [`The queue length at which to scale out: ${server.limitMs === null ? 'the SLA has no limit on how long one video may take (sla.completion, or sla.wall of an encode)' : 'no stored run says how long one video takes (bench run with the job workload)'}.`] : []),
    ...(server.basis === 'encodes' ? ['What the service adds around the encodes (uploads, scripts, downloads): only encodes were measured. A job workload measures videos end to end.'] : []),
    ...(server.basis === 'jobs' ? [`The highest rate of videos within the SLA: what is planned with was seen at one concurrency. bench capacity ${scenario} --workload <a job workload with a rate> searches for it.`] : []),
  ];
}
