import { createRequire } from 'node:module';
import type { advance as Advance, CutoverPoint, rollBack as RollBack } from './change-mode';

/**
 * A process of its own that kills itself at a point of the work, as `kill -9` would. Started with
 * `node -r tools/swc-register.cjs`, with its order as JSON.
 */
export interface Order {
  readonly act: 'advance' | 'rollBack';
  readonly url: string;
  readonly root: string;
  readonly point: CutoverPoint;
}

if (process.argv[2]) {
  const load = createRequire(__filename);
  const { act, url, root, point } = JSON.parse(process.argv[2]) as Order;
  const { advance, rollBack } = load('./change-mode') as { advance: typeof Advance; rollBack: typeof RollBack };
  const { allTables, runs } = load('../follow/follow.fixture') as typeof import('../follow/follow.fixture');
  const options = {
    ...{ root, workingDirs: [], files: {}, required: false, known: allTables, connectionString: url },
    ...{ holder: `child pid ${process.pid}`, by: 'Child', reason: 'to be killed', gates: [], waitMs: 10_000 },
    ...{ domains: [{ name: 'runs', tables: [runs] }], signal: new AbortController().signal },
    probes: { schema: () => Promise.reject(new Error('not asked')), redis: () => Promise.resolve([]) },
    carry: () => new Promise<void>((resolve) => setTimeout(resolve, 20)), // The test's own process carries.
    onPoint: (at: CutoverPoint) => void (at === point && process.kill(process.pid, 'SIGKILL')),
  };
  void (act === 'advance' ? advance({ ...options, to: 'dual' }) : rollBack(options));
}
