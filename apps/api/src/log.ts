import type { LoggerService } from '@nestjs/common';
import { messageOf } from '@sluice/core';
import type { Settings } from '@sluice/config';

export type LogLevel = Settings['logLevel'];
export type LogFields = Readonly<Record<string, unknown>>;

const severities: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** An API key, wherever somebody put it: in a path, a request id, a message. Its public half stays. */
const API_KEY = /(sluice_[\da-f]{12}_)[\w-]{43}/g;

/**
 * One line per event on standard error: a JSON object, or plain text for people. It is also Nest's logger; Nest's talk
 * about its own start is of level debug.
 */
export class Log implements LoggerService {
  private written = { atMs: NaN, text: '' };
  /** Lines that are said together; null while each is written at once. */
  private held: string | null = null;

  constructor(
    private readonly options: { readonly level: LogLevel; readonly json: boolean },
    private readonly write: (lines: string) => void = (lines) => process.stderr.write(lines),
  ) {}

  /** Writes at once what is said meanwhile: each write is a call of the system that the process waits for. */
  together(say: () => void): void {
    this.held = '';
    try {
      say();
    } finally {
      const lines = this.held;
      this.held = null;
      if (lines !== '') this.writeMasked(lines);
    }
  }

  event(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (severities[level] > severities[this.options.level]) return;
    const time = this.timeText();
    if (this.options.json) {
      const rest = JSON.stringify(fields).slice(1);
      const comma = rest === '}' ? '' : ',';
      this.say(`{"time":"${time}","level":"${level}","message":${JSON.stringify(message)}${comma}${rest}\n`);
      return;
    }
    const details = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${String(value)}`);
    this.say(`${[time.slice(11, 23), level.padEnd(5), message, ...details].join(' ')}\n`);
  }

  /** Many lines are of one millisecond, and a time is a third of what a line costs. */
  private timeText(): string {
    const nowMs = Date.now();
    if (nowMs !== this.written.atMs) this.written = { atMs: nowMs, text: new Date(nowMs).toISOString() };
    return this.written.text;
  }

  private say(line: string): void {
    if (this.held === null) this.writeMasked(line);
    else this.held += line;
  }

  private writeMasked(lines: string): void {
    this.write(lines.includes('sluice_') ? lines.replace(API_KEY, '$1***') : lines);
  }

  /** A failure that nobody expected, with its stack. */
  failure(message: string, error: unknown, fields: LogFields = {}): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.event('error', message, { ...fields, error: messageOf(error), stack });
  }

  log(message: unknown): void {
    this.event('debug', String(message));
  }

  debug(message: unknown): void {
    this.event('debug', String(message));
  }

  verbose(message: unknown): void {
    this.event('debug', String(message));
  }

  warn(message: unknown): void {
    this.event('warn', String(message));
  }

  error(message: unknown): void {
    this.event('error', messageOf(message));
  }
}

/** `auto` is plain where a person looks, JSON where a machine collects. */
export function logFor({ logLevel, logFormat }: Settings): Log {
  const json = logFormat === 'json' || (logFormat === 'auto' && !process.stderr.isTTY);
  return new Log({ level: logLevel, json });
}
