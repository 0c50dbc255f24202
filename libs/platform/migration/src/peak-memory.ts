import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in bytes. On Linux the kernel's own count of the process is read: what
 * `resourceUsage` tells there begins with the memory of the process that started this one.
 */
export function peakMemoryBytes(): number {
  const kilobytes = process.platform === 'linux' ? highWaterMark() : undefined;
  return 1024 * (kilobytes ?? process.resourceUsage().maxRSS);
}

function highWaterMark(): number | undefined {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line ? Number(line[1]) : undefined;
}
