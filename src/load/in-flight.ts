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
    connection.previous = this.#last;
    connection.next = null;
    if (this.#last === null) this.#first = connection;
    else this.#last.next = connection;
    this.#last = connection;
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
