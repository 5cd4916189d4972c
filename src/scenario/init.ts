import { stringify } from 'yaml';

export interface InitAnswers {
  /** Of the scenario: lower-case letters, digits and dashes. */
  name: string;
  /** Of the user's API. */
  baseUrl: string;
  /** A path that only reads. */
  path: string;
}

/** Where editors find the schema of a scenario in a project that depends on the package. */
const SCHEMA = 'node_modules/readybench/scenarios/schema.json';

/**
 * The text of a first scenario for the user's own API: runs as it is, explained line by line.
 * @param schema where the JSON Schema lies, as seen from the file that is written
 */
export function initialScenario({ name, baseUrl, path }: InitAnswers, schema = `../${SCHEMA}`): string {
  const text = (value: string): string => stringify(value.replaceAll('${', () => '$${'), { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' }).trimEnd();
  return `# yaml-language-server: $schema=${schema}
# Run it:  npx bench run --profile smoke ${name}
name: ${name}
description: ${text(`${path} of ${baseUrl} under a steady load`)}

# \`bench run\` without a scenario runs those tagged default.
tags: [default]

target:
  # TARGET_URL in the environment points the same scenario at another server.
  baseUrl: ${baseUrl === 'embedded' ? 'embedded' : text(baseUrl).replace(/^"(.*)"$/s, (_, inner: string) => `"\${env.TARGET_URL:-${inner}}"`)}
  # headers:
  #   authorization: "Bearer \${secret.API_TOKEN}"   # from the environment; never stored or shown

workloads:
  - name: read
    http:
      request:
        method: GET
        path: ${text(path.replaceAll(' ', '%20'))}
      # What counts as a success; without this every 2xx and 3xx.
      expect:
        status: 2xx
      # Requests start at their due time whether or not earlier ones are answered, as users do.
      load:
        model: open
        rate: 20/s
        arrivals: poisson
        duration: 10s
        warmup: 2s
        timeout: 5s
    # Limits that decide pass (exit code 0) or breach (exit code 1).
    sla:
      latency:
        p50: 200ms
        p95: 500ms
        p99: 1s
      errorRate: 1%

# A smaller change is no regression. Without a word here: 5 % of times, 3 % of CPU seconds, and 3 % of everything in pairs (--against).
gate:
  metrics:
    latency.p99: { minEffect: 15%, floor: 20ms }

# \`bench run --profile NAME\`; quick is what runs without --profile.
profiles:
  smoke:
    workloads:
      read:
        http:
          load: { rate: 5/s, duration: 5s, warmup: 1s }
  quick:
    rounds: 3
  nightly:
    rounds: 10
    workloads:
      read:
        http:
          load: { duration: 60s, warmup: 10s }
`;
}
