import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BodyPlan, RequestPlan } from '../../load/plan.ts';
import type { PartOf } from '../make-plan.ts';

/** Files that requests send, each once, by the name it has beside the script. */
export class Bodies {
  readonly #byPath = new Map<string, { name: string; content: Buffer }>();

  /** By name. */
  get files(): Record<string, Buffer> {
    return Object.fromEntries([...this.#byPath.values()].map(({ name, content }) => [name, content]));
  }

  /** The part with its bodies beside the script, whatever folders they came from. */
  async beside(part: PartOf): Promise<PartOf> {
    const setup = await this.#steps(part.setup);
    const flows: PartOf['load']['flows'][number][] = [];
    for (const flow of part.load.flows) flows.push({ ...flow, steps: await this.#steps(flow.steps) });
    return { ...part, setup, load: { ...part.load, flows } };
  }

  async #steps(steps: readonly RequestPlan[]): Promise<RequestPlan[]> {
    const moved: RequestPlan[] = [];
    for (const step of steps) moved.push({ ...step, body: await this.#moved(step.body) });
    return moved;
  }

  async #moved(body: BodyPlan): Promise<BodyPlan> {
    if (body.type === 'file') return { ...body, path: await this.#take(body.path) };
    if (body.type !== 'multipart') return body;
    const parts: (typeof body.parts)[number][] = [];
    for (const each of body.parts) parts.push(each.content.type === 'file' ? { ...each, content: { ...each.content, path: await this.#take(each.content.path) } } : each);
    return { ...body, parts };
  }

  async #take(path: string): Promise<string> {
    const known = this.#byPath.get(path);
    if (known !== undefined) return `./${known.name}`;
    const name = `body-${this.#byPath.size}-${basename(path).replaceAll(/[^\w.-]/g, '-')}`;
    this.#byPath.set(path, { name, content: await readFile(path) });
    return `./${name}`;
  }
}
