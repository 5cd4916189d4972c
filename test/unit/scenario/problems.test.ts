import { describe, expect, it } from 'vitest';
import { parseScenario, type LoadOptions } from '../../../src/scenario/load.ts';
import { formatProblems } from '../../../src/scenario/problem.ts';

/** What a user sees for a file. */
function said(text: string | Uint8Array, options: Partial<LoadOptions> = {}): string {
  const { errors, warnings } = parseScenario(text, 'a.yaml', { env: {}, unset: 'error', ...options });
  return `\n${formatProblems([...errors, ...warnings])}\n`;
}

/** A right scenario around the lines in question. */
const within = (lines: string): string => `name: api\ntarget: { baseUrl: embedded }\n${lines}`;
const request = (lines: string): string => within(`workloads:\n  - name: health\n    http:\n      request: { path: /health }\n${lines}`);
const OPEN = '      load: { model: open, rate: 50/s, duration: 15s }\n';

describe('files that are no scenario at all', () => {
  it('empty', () => {
    expect(said('')).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  is empty: a scenario has at least name and workloads, \`bench init\` writes one to start from
      "
    `);
    expect(said('# only a comment\n')).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  is empty: a scenario has at least name and workloads, \`bench init\` writes one to start from
      "
    `);
    expect(said('---\n')).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  is empty: a scenario has at least name and workloads, \`bench init\` writes one to start from
      "
    `);
  });
  it('a list, a text', () => {
    expect(said('- name: api\n')).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  must be a map (lines of key: value): got [{"name":"api"}]
      "
    `);
    expect(said('hello\n')).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  must be a map (lines of key: value): got "hello"
      "
    `);
  });
  it('not UTF-8', () => {
    expect(said(Buffer.concat([Buffer.from('name: api\ndescription: caf'), Buffer.from([0xe9, 0x0a])]))).toMatchInlineSnapshot(`
      "
      a.yaml:2:17  holds bytes that are not UTF-8: save the file as UTF-8
      "
    `);
    expect(said(Buffer.from('\uFEFFname: api\n', 'utf16le'))).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  holds bytes that are not UTF-8: save the file as UTF-8
      "
    `);
  });
  it('several documents', () => {
    expect(said(`${request(OPEN)}---\nname: other\n`)).toMatchInlineSnapshot(`
      "
      a.yaml:8:1  a second document starts here: one file holds one, put the other into its own file
      "
    `);
  });
  it('too long, too deep, an alias bomb', () => {
    expect(said(`# ${'x'.repeat(300_000)}\n`)).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  is 293 KiB long: at most 256 KiB are read
      "
    `);
    expect(said(`name: ${'['.repeat(20_000)}`)).toMatchInlineSnapshot(`
      "
      a.yaml:1:39  is nested more than 32 levels deep
      "
    `);
    expect(said('- '.repeat(20_000))).toMatchInlineSnapshot(`
      "
      a.yaml:1:67  is nested more than 32 levels deep
      "
    `);
    expect(said(`name: api\ndescription: ${'{a: '.repeat(50)}`)).toMatchInlineSnapshot(`
      "
      a.yaml:2:142  is nested more than 32 levels deep
      "
    `);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]', ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index] ?? ''}`).join(', ')}]`)];
    expect(said(bomb.join('\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:1:11  grows to more than 10,000 values or 32 levels with its aliases: write it smaller
      "
    `);
  });
  it('an alias of itself, of nothing', () => {
    expect(said('name: api\nworkloads: &w [*w]\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:16  workloads[0]: *w refers to what it stands in
      "
    `);
    expect(said(within('workloads: *none\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  workloads: *none refers to nothing: no &none stands before it (text that starts with * needs quotes)
      "
    `);
  });
  it('broken YAML', () => {
    expect(said('name: api\n\ttags: [a]\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:1  not valid YAML: a tab in the indentation, use spaces
      "
    `);
    expect(said('name: api\ntags: [a, b\nworkloads: []\n')).toMatchInlineSnapshot(`
      "
      a.yaml:3:1  not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
      "
    `);
    expect(said('name: api\ndescription: load: heavy\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:14  not valid YAML: a second ": " in one line; put the text into quotes, or start a new line
      "
    `);
    expect(said('name: "api\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:1  not valid YAML: Missing closing "quote
      "
    `);
    expect(said('name: api\ntarget: { baseUrl: ${env.URL:-embedded} }\nworkloads: []\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:21  not valid YAML: text with \${…} inside { } or [ ] needs quotes
      "
    `);
    expect(said('name: api\nworkloads:\n  - name: a\n  http: {}\n')).toMatchInlineSnapshot(`
      "
      a.yaml:4:1  not valid YAML: All mapping items must start at the same column
      "
    `);
    expect(said('name: !secret api\n')).toMatchInlineSnapshot(`
      "
      a.yaml:1:7  not plain YAML: Unresolved tag: !secret; remove the tag
      "
    `);
  });
  it('keys that are none', () => {
    expect(said('name: api\nname: other\nworkloads: []\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:1  name: is given twice, first in line 1: keep one
      a.yaml:3:12  workloads: needs at least one entry: got none
      "
    `);
    expect(said('name: api\n__proto__: { a: 1 }\n? [a, b]\n: 1\n<<: { tags: [a] }\n"${env.X}": 1\nworkloads: []\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:1  __proto__: cannot be a key: choose another name
      a.yaml:3:3  a key must be one plain word
      a.yaml:5:1  ["<<"]: merge keys are not part of this format: write the keys out, or use an alias for a whole value
      a.yaml:6:1  ["\${env.X}"]: cannot be a key: references are put into values only
      a.yaml:7:12  workloads: needs at least one entry: got none
      "
    `);
  });
});

describe('fields', () => {
  it('what is missing, at the key it is missing from', () => {
    expect(said('tags: [a]\n')).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  name: is missing: needs a name of lower-case letters, digits and dashes, at most 64 long
      a.yaml:1:1  workloads: is missing: needs a list (lines that start with -)
      "
    `);
    expect(said(within('workloads: []\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  workloads: needs at least one entry: got none
      "
    `);
    expect(said(within('workloads:\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:3:11  workloads: is empty: needs a list (lines that start with -)
      "
    `);
    expect(said(within('workloads:\n  - name: a\n    http:\n      load: { model: open }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:5:5  workloads[0].http.request: is missing: needs a map (lines of key: value), or mix or flow in its place
      a.yaml:6:7  workloads[0].http.load.rate: is missing: needs a rate above 0, for example 50/s or 3000/m
      a.yaml:6:7  workloads[0].http.load.duration: is missing: needs a duration, for example 200ms, 15s or 10m
      "
    `);
  });
  it('unknown keys, with the one that was meant', () => {
    expect(said(`tag: [a]\nversion: 2\n${request(`${OPEN}    sla: { latencies: { p95: 1s }, error_rate: 1%, latency: { p96: 1s } }\n`)}`)).toMatchInlineSnapshot(`
      "
      a.yaml:1:1  tag: unknown key, did you mean tags?
      a.yaml:2:1  version: unknown key, there are name, description, tags, target, rounds, workloads, observe, host, readiness, gate, capacity, profiles
      a.yaml:10:12  workloads[0].sla.latencies: unknown key, did you mean latency?
      a.yaml:10:36  workloads[0].sla.error_rate: unknown key, did you mean errorRate?
      a.yaml:10:63  workloads[0].sla.latency.p96: unknown key, did you mean p90?
      "
    `);
  });
  it('every wrong value of a load at once', () => {
    expect(said(request('      load: { model: open, rate: fast, arrivals: random, duration: 15, warmup: 3, maxInFlight: 0, timeout: 10 s }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:34  workloads[0].http.load.rate: must be a rate above 0, for example 50/s or 3000/m: got "fast"
      a.yaml:7:50  workloads[0].http.load.arrivals: must be one of constant, poisson: got "random"
      a.yaml:7:68  workloads[0].http.load.duration: needs a unit: got 15, write for example 15s or 15ms
      a.yaml:7:80  workloads[0].http.load.warmup: needs a unit: got 3, write for example 3s or 3ms
      a.yaml:7:96  workloads[0].http.load.maxInFlight: must be a whole number from 1 to 10,000: got 0
      a.yaml:7:108  workloads[0].http.load.timeout: must be a duration, for example 200ms, 15s or 10m: got "10 s"
      "
    `);
    expect(said(request('      load: { model: open, rate: 200000/s, duration: 10ms }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:34  workloads[0].http.load.rate: is above the ceiling of 100000/s: got "200000/s"
      a.yaml:7:54  workloads[0].http.load.duration: must be at least 100ms: got "10ms"
      "
    `);
    expect(said(request('      load: { model: open, rate: -5, duration: 48h, timeout: 0s }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:34  workloads[0].http.load.rate: must be a rate above 0, for example 50/s or 3000/m: got -5
      a.yaml:7:48  workloads[0].http.load.duration: is above the ceiling of 24h: got "48h"
      "
    `);
  });
  it('a mix of requests', () => {
    const mixed = (mix: string, load: string): string => said(within(`workloads:\n  - name: a\n    http:\n${mix}      load: ${load}\n`));
    const two = (name: string): string => `      mix:\n        - { name: read, weight: 9, request: { path: /a } }\n        - { name: ${name}, request: { path: "/b/\${id}" } }\n`;
    expect(mixed(`      request: { path: / }\n${two('read')}`, '{ model: open, rate: 5, duration: 1s }')).toMatchInlineSnapshot(`
      "
      a.yaml:7:7  workloads[0].http.mix: stands beside request: move that request into the mix
      a.yaml:9:19  workloads[0].http.mix[1].name: read is the name of mix[0] already
      a.yaml:9:42  workloads[0].http.mix[1].request.path: \${id} has no value: setup captures nothing before it; an environment variable is written \${env.id}, the plain characters $\${id}
      "
    `);
    expect(mixed(two('write').replace('/${id}', ''), '{ model: closed, connections: 5, thinkTime: 1s, duration: 1s }')).toMatchInlineSnapshot(`
      "
      a.yaml:6:7  workloads[0].http.mix: cannot be sent by autocannon: add engine: own to the closed load
      a.yaml:9:46  workloads[0].http.load.thinkTime: is not possible with autocannon: add engine: own to the closed load
      "
    `);
    expect(mixed('      mix: [{ name: a, weight: 0, request: { path: / } }]\n', '{ model: staged, rate: 5, stages: [{ rate: 5/s, for: 1s }] }')).toMatchInlineSnapshot(`
      "
      a.yaml:6:12  workloads[0].http.mix: needs at least two requests: use request for one: got [{"name":"a","weight":0,"request":{"path":"/"}}]
      a.yaml:6:32  workloads[0].http.mix[0].weight: must be a number above 0: got 0
      a.yaml:7:48  workloads[0].http.load.stages[0]: must be a stage: rate or rampTo, and duration: got {"rate":"5/s","for":"1s"}
      "
    `);
  });
  it('a load by its model', () => {
    expect(said(request('      load: { model: opne, rate: 5 }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:22  workloads[0].http.load.model: must be open (with a rate), staged (with stages) or closed (with connections): got "opne"
      "
    `);
    expect(said(request('      load: { rate: 5, duration: 1s }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:7  workloads[0].http.load.model: is missing: needs open (with a rate), staged (with stages) or closed (with connections)
      "
    `);
    expect(said(request('      load: { model: closed, rate: 5, duration: 1s }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:7  workloads[0].http.load.connections: is missing: needs a whole number from 1 to 10,000
      a.yaml:7:30  workloads[0].http.load.rate: unknown key, there are model, connections, duration, thinkTime, engine, warmup, timeout
      "
    `);
    expect(said(request('      load: open\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:13  workloads[0].http.load: must be a map with model: open, model: staged or model: closed: got "open"
      "
    `);
  });
  it('limits on metrics of a k6 script', () => {
    expect(said(within('workloads:\n  - name: a\n    k6: { script: a.ts, tags: [x-y], env: { A: 1 } }\n    sla:\n      checks: { p95: 1s }\n      "b{x}": { p95: 1s }\n      http_reqs: {}\n      video_ready: { p95: 100 }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:5:32  workloads[0].k6.tags[0]: must be the name of a tag of k6: got "x-y"
      a.yaml:5:48  workloads[0].k6.env.A: must be a text: got 1
      a.yaml:8:7  workloads[0].sla["b{x}"]: must be a metric of k6, or its part with one tag: http_req_duration or http_req_duration{endpoint:health}: got "b{x}"
      a.yaml:9:18  workloads[0].sla.http_reqs: must be at least one of p50, p90, p95, p99, atMost, atLeast, perSecond: got {}
      a.yaml:10:27  workloads[0].sla.video_ready.p95: needs a unit: got 100, write for example 100s or 100ms
      "
    `);
  });
  it('a workload by its kind', () => {
    expect(said(within('workloads:\n  - name: a\n  - name: B\n    htpp: {}\n  - just text\n  - name: c\n    http: {}\n    encode: {}\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:4:5  workloads[0]: has no kind, needs exactly one of http, job, check, encode, k6
      a.yaml:5:5  workloads[1]: has no kind, needs exactly one of http, job, check, encode, k6: htpp is none, did you mean http?
      a.yaml:5:11  workloads[1].name: must be a name of lower-case letters, digits and dashes, at most 64 long: got "B"
      a.yaml:7:5  workloads[2]: must be a map with a name and a kind
      a.yaml:8:5  workloads[3]: has 2 kinds, http and encode: keep one, and make the other a workload of its own
      "
    `);
  });
  it('requests', () => {
    expect(said(within('workloads:\n  - name: a\n    http:\n      request: { method: get, path: health, headers: { x: 5 }, body: [1] }\n      expect: { status: ok, maxBodyBytes: 64 }\n' + OPEN))).toMatchInlineSnapshot(`
      "
      a.yaml:6:26  workloads[0].http.request.method: must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS: got "get", did you mean GET?
      a.yaml:6:37  workloads[0].http.request.path: must be a path that starts with /, for example /health: got "health"
      a.yaml:6:59  workloads[0].http.request.headers.x: must be text: got 5
      a.yaml:6:70  workloads[0].http.request.body: must be text: got [1]
      a.yaml:7:25  workloads[0].http.expect.status: must be a status (200), a list of them ([200, 404]) or a class (2xx): got "ok"
      a.yaml:7:43  workloads[0].http.expect.maxBodyBytes: needs a unit: got 64, write for example 64MB or 64B
      "
    `);
  });
  it('encodes', () => {
    expect(said('name: enc\nworkloads:\n  - name: clip\n    encode:\n      clip: bbb\n      encoders: [libx266]\n      jobs: 1.5\n      concurrency: [1, 100]\n      output: { bitrate: 2, preset: veryfast, height: 10 }\n')).toMatchInlineSnapshot(`
      "
      a.yaml:5:13  workloads[0].encode.clip: must be one of bbb-480p, bbb-1080p, bbb-1080p60, synthetic-1080p30 or { file: path }: got "bbb"
      a.yaml:6:18  workloads[0].encode.encoders[0]: must be one of libx264, libx265, libsvtav1, h264_nvenc, hevc_nvenc, av1_nvenc, h264_vaapi, hevc_vaapi, av1_vaapi, h264_qsv, hevc_qsv, av1_qsv: got "libx266", did you mean libx264?
      a.yaml:7:13  workloads[0].encode.jobs: must be a whole number from 1 to 1,000: got 1.5
      a.yaml:8:24  workloads[0].encode.concurrency[1]: must be a whole number from 1 to 64: got 100
      a.yaml:9:26  workloads[0].encode.output.bitrate: needs a unit: got 2, write for example 2Mbit/s or 2k
      a.yaml:9:37  workloads[0].encode.output.preset: must be one of fast, medium, slow: got "veryfast"
      a.yaml:9:55  workloads[0].encode.output.height: must be a whole number from 64 to 4,320: got 10
      "
    `);
  });
  it('targets', () => {
    const target = (baseUrl: string): string => said(`name: api\ntarget:\n  baseUrl: ${baseUrl}\nworkloads:\n  - name: a\n    http:\n      request: { path: / }\n${OPEN}`, { env: { PASSWORD: 'hunter2' } });
    expect(target('localhost:8080')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: needs http:// or https:// in front: got "localhost:8080", write for example http://localhost:8080
      "
    `);
    expect(target('api.example.com/v1')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: needs http:// or https:// in front: got "api.example.com/v1", write for example http://api.example.com/v1
      "
    `);
    expect(target('https://user:pass@api.example.com')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: must not hold credentials: write them as a header, for example headers: { authorization: "Bearer \${secret.API_TOKEN}" }
      "
    `);
    expect(target('"https://api.example.com/${secret.PASSWORD}"')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: must not hold a secret, for it is printed in reports: use \${env.X} for the address and a header with \${secret.X} for credentials
      "
    `);
    expect(target('ftp://api.example.com')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: must start with http:// or https://: got "ftp://api.example.com"
      "
    `);
    expect(target('https://api.example.com?a=b')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: must end before ? and #, which belong to a request's path: got "https://api.example.com?a=b"
      "
    `);
    expect(target('embeded')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: must be embedded, embedded-proxied or a URL, for example https://staging.example.com/api: got "embeded"
      "
    `);
    expect(target('')).toMatchInlineSnapshot(`
      "
      a.yaml:3:12  target.baseUrl: is empty: needs embedded, embedded-proxied or a URL, for example https://staging.example.com/api
      "
    `);
  });
  it('the gate', () => {
    expect(said(`${request(OPEN)}gate: { minEffect: 5, metrics: { latency.p96: {}, latency.p95: { floor: 5, minEffect: 500% }, errors.rate: { floor: 5ms }, output.bytes: { gate: no } } }\n`)).toMatchInlineSnapshot(`
      "
      a.yaml:8:20  gate.minEffect: needs a unit: got 5, write for example 5%
      a.yaml:8:34  gate.metrics["latency.p96"]: unknown key, did you mean latency.p90?
      a.yaml:8:73  gate.metrics["latency.p95"].floor: needs a unit: got 5, write for example 5s or 5ms
      a.yaml:8:87  gate.metrics["latency.p95"].minEffect: must be a percentage from 0% to 100%, for example 1%: got "500%"
      a.yaml:8:117  gate.metrics["errors.rate"].floor: must be a percentage from 0% to 100%, for example 1%: got "5ms"
      a.yaml:8:146  gate.metrics["output.bytes"].gate: must be true or false: got "no"
      "
    `);
  });
});

describe('rules between fields', () => {
  it('flows, data and what refers to them', () => {
    const text = within(`workloads:
  - name: shop
    http:
      data: { generate: { user: uuid, n: { integer: [5, 1] } } }
      setup:
        - { name: login, request: { path: "/\${data.user}" } }
      flow:
        steps:
          - { name: a, request: { path: "/\${id}", bodyFile: x, body: y }, capture: { id: { json: /id } }, pause: 2h }
          - { name: a, request: { path: "/\${id}/\${data.user}" }, expect: { json: { /id: "\${nope}", id: 1 }, bodyMatches: "(" }, sla: { latency: { p50: 2s, p95: 1s } } }
      load: { model: closed, connections: 5, duration: 5s }
    sla: { iteration: { latency: { p95: 1s } } }
  - name: plain
    http:
      request: { path: "/\${data.user}", multipart: [{ name: a, file: x, value: y }] }
      cookies: true
      connection: new
      load: { model: closed, connections: 5, duration: 5s }
    sla: { iteration: { errorRate: 1% } }
`);
    expect(said(text)).toMatchInlineSnapshot(`
      "
      a.yaml:6:42  workloads[0].http.data.generate.n: the first number must not be above the second
      a.yaml:11:114  workloads[0].http.flow.steps[0].pause: is above the ceiling of 1h: got "2h"
      a.yaml:12:100  workloads[0].http.flow.steps[1].expect.json.id: must be a JSON pointer, for example /status or /items/0/id: got "id"
      a.yaml:12:122  workloads[0].http.flow.steps[1].expect.bodyMatches: is no regular expression: Invalid regular expression: /(/: Unterminated group
      a.yaml:17:53  workloads[1].http.request.multipart[0]: must be a part: name, and file or value: got {"name":"a","file":"x","value":"y"}
      "
    `);
    const right = text.replace('[5, 1]', '[1, 5]').replace('pause: 2h', 'pause: 2s').replace('(', '').replace(', id: 1', '').replace('file: x, ', '');
    expect(said(right)).toMatchInlineSnapshot(`
      "
      a.yaml:6:7  workloads[0].http.data: is not possible with autocannon, which sends always the same: add engine: own to the closed load
      a.yaml:8:43  workloads[0].http.setup[0].request.path: \${data.user} has no value: the set-up is sent once, not once for each row of data
      a.yaml:9:7  workloads[0].http.flow: cannot be sent by autocannon: add engine: own to the closed load
      a.yaml:11:41  workloads[0].http.flow.steps[0].request.path: \${id} has no value: setup captures nothing before it; an environment variable is written \${env.id}, the plain characters $\${id}
      a.yaml:11:51  workloads[0].http.flow.steps[0].request.bodyFile: stands beside body: a request has one body, keep one of the two
      a.yaml:12:21  workloads[0].http.flow.steps[1].name: a is the name of steps[0] already
      a.yaml:12:89  workloads[0].http.flow.steps[1].expect.json["/id"]: \${nope} has no value: setup captures id before it; an environment variable is written \${env.nope}, the plain characters $\${nope}
      a.yaml:12:153  warning: workloads[0].http.flow.steps[1].sla.latency.p95: 1 s is less than the 2 s of p50: p95 is never below p50, so the limit of p50 decides nothing
      a.yaml:17:24  workloads[1].http.request.path: \${data.user} has no value: the workload has no data
      a.yaml:17:41  workloads[1].http.request.multipart: cannot be sent by autocannon: add engine: own to the closed load
      a.yaml:18:7  workloads[1].http.cookies: are not possible with autocannon: add engine: own to the closed load
      a.yaml:19:19  workloads[1].http.connection: is not possible with autocannon: add engine: own to the closed load
      a.yaml:21:12  workloads[1].sla.iteration: has nothing to limit: iterations are those of a flow, limits of single requests stand in sla itself
      "
    `);
  });
  it('ceilings', () => {
    const load = (text: string): string => said(request(`      load: { ${text} }\n`));
    expect(load('model: open, rate: 100001/s, duration: 25h')).toMatchInlineSnapshot(`
      "
      a.yaml:7:34  workloads[0].http.load.rate: is above the ceiling of 100000/s: got "100001/s"
      a.yaml:7:54  workloads[0].http.load.duration: is above the ceiling of 24h: got "25h"
      "
    `);
    expect(load('model: closed, connections: 10001, duration: 5s')).toMatchInlineSnapshot(`
      "
      a.yaml:7:43  workloads[0].http.load.connections: must be a whole number from 1 to 10,000: got 10001
      "
    `);
  });
  it('names', () => {
    expect(said(within(`workloads:\n${`  - name: a\n    http:\n      request: { path: / }\n${OPEN}`.repeat(2)}profiles:\n  nigtly: { only: [b] }\n  quick: { only: [a], workloads: { aa: {} } }\n  smoke: { only: [b], workloads: { a: {} } }\n`))).toMatchInlineSnapshot(`
      "
      a.yaml:8:11  workloads[1].name: a is the name of workloads[0] already: names are unique in a scenario
      a.yaml:13:3  warning: profiles.nigtly: is a profile of its own: did you mean nightly?
      a.yaml:13:20  profiles.nigtly.only[0]: no workload is named b, did you mean a?
      a.yaml:14:36  profiles.quick.workloads.aa: no workload is named aa, did you mean a?
      a.yaml:15:19  profiles.smoke.only[0]: no workload is named b, did you mean a?
      a.yaml:15:36  warning: profiles.smoke.workloads.a: has no effect: only of this profile leaves a out
      "
    `);
  });
  it('a target where one is needed, and only there', () => {
    const text = `name: api\nworkloads:\n  - name: a\n    http:\n      request: { path: / }\n${OPEN}`;
    expect(said(text)).toMatchInlineSnapshot(`
      "
      a.yaml:4:5  workloads[0].http: a sends requests, but the scenario has no target: add target: { baseUrl: embedded } or a URL, or run with --target URL
      "
    `);
    expect(said(text, { targetGiven: true })).toBe('\n\n');
    expect(said('name: enc\ntarget: { baseUrl: embedded }\nworkloads:\n  - name: a\n    encode: { clip: bbb-480p, encoders: [libx264] }\n')).toMatchInlineSnapshot(`
      "
      a.yaml:2:1  warning: target: is not used: no workload sends requests
      "
    `);
  });
  it('limits that cannot both decide', () => {
    expect(said(request(`${OPEN}    sla: { latency: { p50: 200ms, p95: 100ms, p99: 150ms } }\n`))).toMatchInlineSnapshot(`
      "
      a.yaml:8:40  warning: workloads[0].sla.latency.p95: 100 ms is less than the 200 ms of p50: p95 is never below p50, so the limit of p50 decides nothing
      "
    `);
    expect(said(request('      load: { model: closed, connections: 5, duration: 5s }\n    sla: { latency: { p95: 100ms } }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:8:12  warning: workloads[0].sla.latency: is measured under a closed load, which stops sending while the service stalls: use model: open for latencies that users would see
      "
    `);
  });
  it('captured values', () => {
    const text = `name: api
target: { baseUrl: embedded, headers: { x: "\${TOKEN}" } }
workloads:
  - name: a
    http:
      setup:
        - name: submit
          request: { path: "/videos/\${id}" }
          capture: { id: { json: /id } }
        - name: submit
          request: { method: POST, path: /videos, json: { of: ["\${id}", "\${ID}"] }, body: text }
      request: { path: "/videos/\${id}/$\${id}" }
      expect: { bodyIncludes: "\${id}" }
${OPEN}`;
    expect(said(text)).toMatchInlineSnapshot(`
      "
      a.yaml:2:44  target.headers.x: \${TOKEN} stands where no captured value is put in; an environment variable is written \${env.TOKEN}, a secret \${secret.TOKEN}
      a.yaml:8:28  workloads[0].http.setup[0].request.path: \${id} has no value: setup captures nothing before it; an environment variable is written \${env.id}, the plain characters $\${id}
      a.yaml:10:17  workloads[0].http.setup[1].name: submit is the name of setup[0] already
      a.yaml:11:73  workloads[0].http.setup[1].request.json.of[1]: \${ID} has no value: setup captures id before it; an environment variable is written \${env.ID}, the plain characters $\${ID}
      a.yaml:11:85  workloads[0].http.setup[1].request.body: stands beside json: a request has one body, keep one of the two
      a.yaml:12:24  workloads[0].http.request.path: $\${id} cannot be told from the captured id: capture it under another name
      "
    `);
  });
  it('encoders and concurrency', () => {
    expect(said('name: enc\nworkloads:\n  - name: a\n    encode: { clip: bbb-480p, encoders: [libx264], jobs: 2, concurrency: [1, auto, 1, 4, auto] }\n')).toMatchInlineSnapshot(`
      "
      a.yaml:4:84  workloads[0].encode.concurrency[2]: 1 is listed twice: keep one
      a.yaml:4:87  warning: workloads[0].encode.concurrency[3]: 4 encodes at once need as many jobs: with jobs: 2 no more than 2 run
      a.yaml:4:90  workloads[0].encode.concurrency[4]: auto is listed twice: keep one
      "
    `);
    expect(said('name: enc\nworkloads:\n  - name: a\n    encode: { clip: bbb-480p, encoders: [libx264], require: [h264_nvenc] }\n')).toMatchInlineSnapshot(`
      "
      a.yaml:4:62  workloads[0].encode.require[0]: must be one of the encoders of this workload (libx264): got h264_nvenc
      "
    `);
  });
  it('ceilings of the sum', () => {
    expect(said(request('      load: { model: open, rate: 1, duration: 24h, warmup: 1s }\n'))).toMatchInlineSnapshot(`
      "
      a.yaml:7:60  workloads[0].http.load.warmup: warm-up and duration come to 24 h 1 s, above the ceiling of 24 h
      "
    `);
  });
});

describe('profiles', () => {
  const patched = (patch: string): string => said(`${request(OPEN)}profiles:\n  nightly:\n    workloads:\n      health:\n        ${patch}\n`);
  it('are checked as the workload they make, at their own lines', () => {
    expect(patched('http: { load: { rate: 0, duraton: 1s }, sla: {} }')).toMatchInlineSnapshot(`
      "
      a.yaml:12:31  profiles.nightly.workloads.health.http.load.rate: must be a rate above 0, for example 50/s or 3000/m: got 0
      a.yaml:12:34  profiles.nightly.workloads.health.http.load.duraton: unknown key, did you mean duration?
      a.yaml:12:49  profiles.nightly.workloads.health.http.sla: unknown key, there are setup, request, expect, mix, flow, data, cookies, connection, load
      "
    `);
    expect(patched('http: { load: { model: closed } }')).toMatchInlineSnapshot(`
      "
      a.yaml:12:17  profiles.nightly.workloads.health.http.load.connections: is missing: needs a whole number from 1 to 10,000
      a.yaml:12:17  profiles.nightly.workloads.health.http.load.duration: is missing: needs a duration, for example 200ms, 15s or 10m
      "
    `);
    expect(patched('http: { load: { connections: 5 } }')).toMatchInlineSnapshot(`
      "
      a.yaml:12:25  profiles.nightly.workloads.health.http.load.connections: unknown key, there are model, rate, arrivals, duration, warmup, maxInFlight, workers, timeout
      "
    `);
    expect(patched('encode: { clip: bbb-480p, encoders: [libx264] }')).toMatchInlineSnapshot(`
      "
      a.yaml:12:9  profiles.nightly.workloads.health: has 2 kinds, http and encode: keep one, and make the other a workload of its own
      "
    `);
    expect(patched('name: other')).toMatchInlineSnapshot(`
      "
      a.yaml:12:9  profiles.nightly.workloads.health.name: cannot be changed by a profile: the workload stays health
      "
    `);
    expect(patched('sla: { latency: { p50: 2s, p95: 1s } }')).toMatchInlineSnapshot(`
      "
      a.yaml:12:41  warning: profiles.nightly.workloads.health.sla.latency.p95: 1 s is less than the 2 s of p50: p95 is never below p50, so the limit of p50 decides nothing
      "
    `);
    expect(patched('- http')).toMatchInlineSnapshot(`
      "
      a.yaml:12:9  profiles.nightly.workloads.health: must be a map of what the profile changes: got ["http"]
      "
    `);
    expect(patched('http: { request: { path: "/${id}" } }')).toMatchInlineSnapshot(`
      "
      a.yaml:12:34  profiles.nightly.workloads.health.http.request.path: \${id} has no value: setup captures nothing before it; an environment variable is written \${env.id}, the plain characters $\${id}
      "
    `);
  });
  it('do not repeat the mistakes of the workload itself', () => {
    const text = request('      load: { model: open, rate: 0, duration: 15s }\n');
    expect(said(`${text}profiles:\n  nightly: { rounds: 0, workloads: { health: { http: { load: { duration: 60s } } } } }\n`)).toMatchInlineSnapshot(`
      "
      a.yaml:7:34  workloads[0].http.load.rate: must be a rate above 0, for example 50/s or 3000/m: got 0
      a.yaml:9:22  profiles.nightly.rounds: must be a whole number from 1 to 1,000: got 0
      "
    `);
  });
});

describe('references', () => {
  it('without a value', () => {
    const text = request('      load: { model: open, rate: "${env.RATE}", duration: 15s }\n').replace('/health }', '/health, headers: { authorization: "Bearer ${secret.TOKEN}", x: "${env.A}-${env.B:-b}-${env.C}" } }');
    expect(said(text, { env: { A: '' } })).toMatchInlineSnapshot(`
      "
      a.yaml:6:67  workloads[0].http.request.headers.authorization: the environment variable TOKEN is not set: set it to the secret value
      a.yaml:6:110  workloads[0].http.request.headers.x: the environment variable C is not set: set it, or write \${env.C:-default}
      a.yaml:7:35  workloads[0].http.load.rate: the environment variable RATE is not set: set it, or write \${env.RATE:-default}
      "
    `);
    expect(said(text, { env: { A: '', TOKEN: '' }, unset: 'warning' })).toMatchInlineSnapshot(`
      "
      a.yaml:6:67  warning: workloads[0].http.request.headers.authorization: the environment variable TOKEN is empty: set it to the secret value
      a.yaml:6:110  warning: workloads[0].http.request.headers.x: the environment variable C is not set: set it, or write \${env.C:-default}
      a.yaml:7:35  warning: workloads[0].http.load.rate: the environment variable RATE is not set: set it, or write \${env.RATE:-default}
      "
    `);
  });
  it('that are none', () => {
    expect(said(`${request(OPEN)}description: "\${env.} \${ENV.X} \${secret.X:-y} \${env.X-y} \${a b} \${open"\n`, { env: { X: 'x' } })).toMatchInlineSnapshot(`
      "
      a.yaml:8:15  description: \${env.} is not a reference: write \${env.NAME}, \${env.NAME:-default}, \${secret.NAME} or \${captured}; $\${ for the plain characters
      a.yaml:8:23  description: \${ENV.X} is not a reference: unknown source ENV, did you mean env?
      a.yaml:8:32  description: \${secret.X:-y} gives a secret a default, which would be no secret: set it in the environment
      a.yaml:8:47  description: \${env.X-y} is not a reference: a default is written \${env.NAME:-default}
      a.yaml:8:58  description: \${a b} is not a reference: write \${env.NAME}, \${env.NAME:-default}, \${secret.NAME} or \${captured}; $\${ for the plain characters
      a.yaml:8:65  description: \${ is not closed by }: close it, or write $\${ for the plain characters
      "
    `);
  });
  it('whose value does not fit', () => {
    expect(said(request('      load: { model: open, rate: "${env.RATE}", duration: "${env.D:-15}" }\n'), { env: { RATE: 'fast' } })).toMatchInlineSnapshot(`
      "
      a.yaml:7:34  workloads[0].http.load.rate: must be a rate above 0, for example 50/s or 3000/m: got "fast"
      a.yaml:7:59  workloads[0].http.load.duration: needs a unit: got 15, write for example 15s or 15ms
      "
    `);
  });
});

describe('observe, host and readiness', () => {
  it('are checked with the workloads they speak of', () => {
    const text = `${request(OPEN)}observe:
  workloads: [helth]
  series:
    - { name: queue, of: queue_length, take: max, critical: at most 2s }
    - { name: queue, promql: up, take: rate }
    - { name: wrong, of: sum(x), take: ratio }
    - { name: took, histogram: took_seconds, take: max, unit: seconds }
host:
  warning: [cpu > 80 for 5m, process postgres memory > 2GB]
readiness:
  guide: a guide
  items:
    - { item: a, by: health/latency.p95 }
    - { item: b, by: [health/latency.p96, health/check.cors, health/observe.quue, host.cpus, other/latency.p95, baseline] }
    - { item: c }
`;
    expect(said(text)).toMatchInlineSnapshot(`
      "
      a.yaml:9:15  observe.workloads[0]: no workload is named helth, did you mean health?
      a.yaml:11:61  observe.series[0].critical: must be in plain numbers, for example at most 20: got "at most 2s" (unit says what the values are)
      a.yaml:12:15  observe.series[1].name: queue is the name of series[0] already
      a.yaml:12:30  observe.series[1].promql: needs a server to ask: add prometheus: { url: http://127.0.0.1:9090 } to observe
      a.yaml:12:40  observe.series[1].take: rate is for counters of the endpoint: write rate() or a quotient in PromQL and take avg, max or last of it
      a.yaml:13:26  observe.series[2].of: is no selector such as queue_length or jobs{state="waiting"}: has "(x)" behind the name: calculations need promql
      a.yaml:13:40  observe.series[2].take: ratio needs per: what the increase is divided by
      a.yaml:14:52  observe.series[3].take: must be one of p50, p90, p95, p99, avg for a histogram
      a.yaml:16:13  host.warning[0]: needs a percentage, for example 80%, behind >: got "cpu > 80 for 5m"
      a.yaml:16:30  host.warning[1]: watches postgres, which is not in processes: add it there
      a.yaml:21:23  readiness.items[1].by[0]: there is no metric latency.p96, did you mean latency.p90?
      a.yaml:21:43  readiness.items[1].by[1]: health does not check cors, there are none
      a.yaml:21:62  readiness.items[1].by[2]: observe has no series quue, did you mean queue?
      a.yaml:21:83  readiness.items[1].by[3]: there is no host.cpus, did you mean host.cpu?
      a.yaml:21:94  readiness.items[1].by[4]: no workload is named other, there are health
      a.yaml:22:7  readiness.items[2].by: is missing: needs what decides the item, for example health/latency.p95 or limits/check.rateLimit
      "
    `);
  });
});
