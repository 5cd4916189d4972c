/**
 * Sends series to Prometheus as k6 2.2's remote write output does (internal/output/prometheusrw): metrics prefixed `k6_`, trends of time
 * as native histograms in seconds of schema 3 (bucket factor 1.1), counters as `_total`. Remote write 1.0: protobuf, snappy.
 */
export interface Series {
  labels: Readonly<Record<string, string>>;
  timeMs: number;
  value: number | readonly number[];
}

const SCHEMA = 3;
const ZERO_THRESHOLD = 2 ** -128;

/** A WriteRequest, not compressed. */
export function bodyOf(series: readonly Series[]): Buffer {
  return Buffer.concat(series.map((each) => bytes(1, timeSeries(each))));
}

export async function remoteWrite(url: string, series: readonly Series[]): Promise<void> {
  const body = snappy(bodyOf(series));
  const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf', 'x-prometheus-remote-write-version': '0.1.0' }, body: new Uint8Array(body) });
  if (!answer.ok) throw new Error(`remote write: ${answer.status} ${await answer.text()}`);
}

function timeSeries({ labels, timeMs, value }: Series): Buffer {
  const own = Object.entries(labels).filter(([, text]) => text !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([
    ...own.map(([name, text]) => bytes(1, Buffer.concat([bytes(1, Buffer.from(name)), bytes(2, Buffer.from(text))]))),
    typeof value === 'number' ? bytes(2, Buffer.concat([double(1, value), integer(2, BigInt(timeMs))])) : bytes(4, histogram(value, timeMs)),
  ]);
}

/** All samples so far, in seconds, as client_golang counts them: bucket i holds (2^((i-1)/8), 2^(i/8)]. */
function histogram(seconds: readonly number[], timeMs: number): Buffer {
  const counts = new Map<number, number>();
  let zeros = 0;
  for (const each of seconds) {
    if (each <= ZERO_THRESHOLD) zeros += 1;
    else {
      const index = Math.ceil(Math.log2(each) * 2 ** SCHEMA - 1e-12);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
  }
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let [last, before] = [0, 0];
  for (const [index, count] of [...counts].sort(([a], [b]) => a - b)) {
    const span = spans.at(-1);
    if (span !== undefined && index === last + 1) span.length += 1;
    else spans.push({ offset: span === undefined ? index : index - last - 1, length: 1 });
    deltas.push(count - before);
    [last, before] = [index, count];
  }
  return Buffer.concat([
    integer(1, BigInt(seconds.length)),
    double(3, seconds.reduce((sum, each) => sum + each, 0)),
    integer(4, zigzag(SCHEMA)),
    double(5, ZERO_THRESHOLD),
    integer(6, BigInt(zeros)),
    ...spans.map(({ offset, length }) => bytes(11, Buffer.concat([integer(1, zigzag(offset)), integer(2, BigInt(length))]))),
    bytes(12, Buffer.concat(deltas.map((each) => varint(zigzag(each))))),
    integer(15, BigInt(timeMs)),
  ]);
}

function varint(value: bigint): Buffer {
  const out: number[] = [];
  for (let left = BigInt.asUintN(64, value); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...out, Number(left)]);
    out.push(Number(left & 127n) | 128);
  }
}

const zigzag = (value: number): bigint => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
const integer = (field: number, value: bigint): Buffer => Buffer.concat([varint(BigInt(field << 3)), varint(value)]);
const bytes = (field: number, content: Buffer): Buffer => Buffer.concat([varint(BigInt((field << 3) | 2)), varint(BigInt(content.length)), content]);
function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([varint(BigInt((field << 3) | 1)), content]);
}

/** The block format with literals alone: valid, and compressing nothing. */
function snappy(data: Buffer): Buffer {
  const pieces: Buffer[] = [varint(BigInt(data.length))];
  for (let at = 0; at < data.length; at += 65_536) {
    const piece = data.subarray(at, at + 65_536);
    const length = piece.length - 1;
    pieces.push(Buffer.from([61 << 2, length & 255, length >> 8]), piece);
  }
  return Buffer.concat(pieces);
}
