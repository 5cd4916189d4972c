import type { Connection } from './connections.ts';

/**
 * The exchanges under way, oldest intended start first. A linked list through the connections themselves: the one whose
 * deadline comes first is always at hand, and removing costs the same however many there are.
 */
export class InFlight {
  #first: Connection | null = null;
  #last: Connection | null = null;
  size = 0;

  get oldest(): Connection | null {
    return this.#first;
  }

  add(connection: Connection): void {
    // Next to always the last: only a late arrival stands before a later step that began in the meantime.
    let before = this.#last;
    while (before !== null && before.intendedMs > connection.intendedMs) before = before.previous;
    const after = before === null ? this.#first : before.next;
    connection.previous = before;
    connection.next = after;
    if (before === null) this.#first = connection;
    else before.next = connection;
    if (after === null) this.#last = connection;
    else after.previous = connection;
    this.size += 1;
  }

  remove(connection: Connection): void {
    if (connection.previous === null) this.#first = connection.next;
    else connection.previous.next = connection.next;
    if (connection.next === null) this.#last = connection.previous;
    else connection.next.previous = connection.previous;
    connection.previous = null;
    connection.next = null;
    this.size -= 1;
  }
}
