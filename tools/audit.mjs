/**
 * `npm audit` for CI: fails where a package that the program runs with has a known fault of high or critical severity. A registry without advisories, or no
 * network, is no fault of the packages: then it says so and passes.
 */
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 120_000 });
const report = readReport(stdout);
const counts = report?.metadata?.vulnerabilities;

if (!counts) {
  const reason = report?.message ?? report?.error?.summary ?? 'no answer';
  console.log(`NOT AUDITED: the registry gives no advisories (${String(reason).split('\n', 1)[0]}).`);
} else {
  const grave = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) => isGrave(severity));
  for (const { name, severity, range } of grave) console.log(`${severity}: ${name} ${range}`);
  console.log(`${counts.total} known faults, ${grave.length} of them high or critical.`);
  if (grave.length > 0) process.exitCode = 1;
}

function isGrave(severity) {
  return severity === 'high' || severity === 'critical';
}

function readReport(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not even an error in its own form.
  }
}
