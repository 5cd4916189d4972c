import { expect, it } from 'vitest';
import { chooseRated } from '../../../src/pipeline/rated-workload.ts';
import { boundDouble, chosenDouble } from '../../support/capacity-doubles.ts';

it.each(['', 'nosuch'])('a workload that is not there is named in quotation marks, with those that are: "%s"', (name) => {
  const chosen = [chosenDouble(boundDouble(() => ({ p95: 1 })))];
  expect(() => chooseRated(chosen, name)).toThrow(expect.objectContaining({ exitCode: 2, message: `there is no workload "${name}"`, hint: 'workloads with a rate: double' }));
});
