import { runRecord } from '../../../src/record/schema.ts';

/** What of a workload in the record a measurement fills, as its schema. */
export const workload = runRecord.shape.scenarios.element.shape.workloads.element.pick({ validity: true, metrics: true, histograms: true, series: true, detail: true, notMeasured: true });
