import { SingleBar } from 'cli-progress';
import type { BackupEvent } from '@sluice/migration';
import type { ProgressStyle } from './progress';
import { formatBytes } from './table';

export interface ShownBackup {
  readonly onEvent: (event: BackupEvent) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

const LINE_EVERY_MS = 2_000;
const verbs = { save: 'saving', check: 'checking', restore: 'restoring' } as const;

/** On standard error: a bar on a terminal, else a line every two seconds. */
export function createBackupProgress(
  style: ProgressStyle,
  terminal = process.stderr.isTTY,
  write: (text: string) => void = (text) => void process.stderr.write(`${text}\n`),
  nowMs: () => number = Date.now,
): ShownBackup {
  switch (style === 'auto' ? (terminal ? 'bar' : 'lines') : style) {
    case 'bar':
      return bar();
    case 'lines':
      return lines(write, nowMs);
    case 'json':
      return { onEvent: (event) => write(JSON.stringify(event)), end: () => undefined };
    default:
      return { onEvent: () => undefined, end: () => undefined };
  }
}

function bar(): ShownBackup {
  const shown = new SingleBar({
    format: '{verb} {bar} {percentage}% · {item}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
  });
  return {
    onEvent: ({ verb, item, doneBytes, totalBytes }) => {
      const payload = { verb: verbs[verb].padEnd(9), item };
      if (!shown.isActive) shown.start(totalBytes, doneBytes, payload);
      shown.setTotal(totalBytes);
      shown.update(doneBytes, payload);
    },
    end: () => shown.stop(),
  };
}

function lines(write: (text: string) => void, nowMs: () => number): ShownBackup {
  let saidMs = nowMs();
  return {
    onEvent: ({ verb, item, doneBytes, totalBytes }) => {
      if (nowMs() - saidMs < LINE_EVERY_MS) return;
      saidMs = nowMs();
      const share = totalBytes > 0 ? Math.floor((doneBytes / totalBytes) * 100) : 100;
      write(`${verbs[verb]}: ${share}% · ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)} · ${item}`);
    },
    end: () => undefined,
  };
}
