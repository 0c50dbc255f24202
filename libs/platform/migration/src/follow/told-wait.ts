import { messageOf } from '@sluice/core';

/**
 * What is told of a wait: why, again as soon as it is for another reason, and that it is over. Two texts that differ in nothing
 * but numbers (a port, a process id, a time) are the same reason; told again with every try, they would fill the log.
 */
export class ToldWait {
  private last: string | null = null;

  constructor(private readonly tell: (text: string) => void) {}

  isFor(reason: unknown): void {
    const text = messageOf(reason);
    const isTold = this.last !== null && withoutNumbers(text) === withoutNumbers(this.last);
    this.last = text;
    if (!isTold) this.tell(`Waiting: ${text}`);
  }

  /** Nothing is told where nobody waited. */
  isOver(): void {
    if (this.last !== null) this.tell('It goes on.');
    this.last = null;
  }
}

const withoutNumbers = (text: string): string => text.replace(/\d+/g, '0');
