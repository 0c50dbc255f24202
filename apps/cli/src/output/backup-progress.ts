import type { BackupEvent } from '@sluice/migration';
import { LINE_EVERY_MS, newBar, percentOf, progressOf, toStandardError } from './progress';
import type { Progress, ProgressStyle, Write } from './progress';
import { formatBytes } from './table';

const verbs = { save: 'saving', check: 'checking', restore: 'restoring' } as const;

export const createBackupProgress = (
  style: ProgressStyle,
  terminal = process.stderr.isTTY,
  write: Write = toStandardError,
  nowMs: () => number = Date.now,
): Progress<BackupEvent> => progressOf(style, { bar, lines: () => lines(write, nowMs) }, terminal, write);

function bar(): Progress<BackupEvent> {
  const shown = newBar('{verb} {bar} {percentage}% · {item}');
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

function lines(write: Write, nowMs: () => number): Progress<BackupEvent> {
  let saidMs = nowMs();
  return {
    onEvent: ({ verb, item, doneBytes, totalBytes }) => {
      if (nowMs() - saidMs < LINE_EVERY_MS) return;
      saidMs = nowMs();
      const done = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
      write(`${verbs[verb]}: ${percentOf(doneBytes, totalBytes)}% · ${done} · ${item}`);
    },
    end: () => undefined,
  };
}
