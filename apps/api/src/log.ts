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

  constructor(
    private readonly options: { readonly level: LogLevel; readonly json: boolean },
    private readonly write: (line: string, isUrgent: boolean) => void = (line) => process.stderr.write(line),
  ) {}

  event(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (severities[level] > severities[this.options.level]) return;
    const time = this.timeText();
    if (this.options.json) {
      const rest = JSON.stringify(fields).slice(1);
      const comma = rest === '}' ? '' : ',';
      this.writeMasked(
        `{"time":"${time}","level":"${level}","message":${JSON.stringify(message)}${comma}${rest}\n`,
        level,
      );
      return;
    }
    const details = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${String(value)}`);
    this.writeMasked(`${[time.slice(11, 23), level.padEnd(5), message, ...details].join(' ')}\n`, level);
  }

  /** Many lines are of one millisecond, and a time is a third of what a line costs. */
  private timeText(): string {
    const nowMs = Date.now();
    if (nowMs !== this.written.atMs) this.written = { atMs: nowMs, text: new Date(nowMs).toISOString() };
    return this.written.text;
  }

  private writeMasked(line: string, level: LogLevel): void {
    this.write(line.includes('sluice_') ? line.replace(API_KEY, '$1***') : line, level === 'error');
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
  return new Log({ level: logLevel, json }, linesTogether());
}

/** Writes the lines of one turn of the event loop at once: each write is a call of the system that the process waits for. */
function linesTogether(): (line: string, isUrgent: boolean) => void {
  let lines = '';
  const flush = (): void => {
    if (lines === '') return;
    process.stderr.write(lines);
    lines = '';
  };
  process.once('exit', flush);
  return (line, isUrgent) => {
    if (lines === '') setImmediate(flush);
    lines += line;
    if (isUrgent) flush();
  };
}
