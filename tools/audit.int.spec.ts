import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, tempDir, type RunResult } from '@sluice/testing';

/** Runs the audit with an `npm` that prints a text. */
async function auditOf(text: string): Promise<RunResult> {
  const dir = await tempDir();
  try {
    const npm = path.join(dir.path, 'npm');
    writeFileSync(npm, `#!/bin/sh\ncat <<'END'\n${text}\nEND\nexit 1\n`);
    chmodSync(npm, 0o755);
    const env = { PATH: `${dir.path}:${process.env.PATH}` };
    return await run(process.execPath, [path.join(__dirname, 'audit.mjs')], { env });
  } finally {
    await dir.remove();
  }
}

const report = (severity: string): string =>
  JSON.stringify({
    vulnerabilities: { left: { name: 'left', severity, range: '<2' } },
    metadata: { vulnerabilities: { total: 1 } },
  });

it.each(['high', 'critical'])('fails for a fault of severity %s, and names the package', async (severity) => {
  const { code, stdout } = await auditOf(report(severity));
  expect([code, stdout]).toEqual([1, `${severity}: left <2\n1 known faults, 1 of them high or critical.\n`]);
});

it.each(['low', 'moderate'])('passes for a fault of severity %s', async (severity) => {
  expect((await auditOf(report(severity))).code).toBe(0);
});

it.each([
  ['no advisories', JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 }), '405 Method Not Allowed'],
  ['no network', JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'getaddrinfo ENOTFOUND' } }), 'ENOTFOUND'],
  ['no answer at all', '', 'no answer'],
])('passes where there is %s, and says that nothing was audited', async (_what, text, reason) => {
  const { code, stdout } = await auditOf(text);
  expect([code, stdout]).toEqual([0, expect.stringContaining('NOT AUDITED')]);
  expect(stdout).toContain(reason);
});
