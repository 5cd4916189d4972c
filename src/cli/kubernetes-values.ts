import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { isPinned } from '../k6/export/images.ts';
import { integer } from './option-values.ts';

/** What options of the export take: what Kubernetes would refuse, or read as something wider, is refused here, with what would be right. */

/** Of a network: `10.0.0.0/24`, `2001:db8::/64`; more than one by giving the option again. */
export function cidr(text: string, before: readonly string[] = []): string[] {
  const [, address = '', length = ''] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(length) > (family === 4 ? 32 : 128)) throw new InvalidArgumentError('It must be an address with the length of its network, for example 203.0.113.10/32 or 10.0.0.0/24.');
  if (Number(length) === 0) throw new InvalidArgumentError('It would let every address through: give the network of the target.');
  return [...before, `${address}/${Number(length)}`];
}

/** A namespace, or another name of Kubernetes (RFC 1123 label). */
export function dnsLabel(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) throw new InvalidArgumentError('It must be a name of Kubernetes: at most 63 lower-case letters, digits and dashes, none of them a dash at either end.');
  return text;
}

export function pinnedImage(text: string): string {
  if (!isPinned(text)) throw new InvalidArgumentError('It must be an image with its version or digest, for example grafana/k6:2.2.0: another one could run tomorrow.');
  return text;
}

const LABEL_NAME = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** `app=api,tier=front` */
export function podLabels(text: string): Record<string, string> {
  const pairs = text.split(',').map((part) => part.trim().split('='));
  if (!pairs.every(([name = '', value, ...more]) => LABEL_NAME.test(name) && value !== undefined && LABEL_VALUE.test(value) && more.length === 0)) throw new InvalidArgumentError('It must be labels of the pods, for example app=api or app=api,tier=front.');
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

/** `500m`, `1`, `1.5Gi` */
export function kubernetesQuantity(text: string): string {
  if (!/^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?$/.test(text)) throw new InvalidArgumentError('It must be a quantity of Kubernetes, for example 500m, 2 or 512Mi.');
  return text;
}

export const port = integer(1, 65_535);
