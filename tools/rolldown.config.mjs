import { builtinModules } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const project = path.relative(root, process.cwd());
/** `@oxc-project/` carries the decorator helpers: left outside they are missing at run time. */
const bundled = [/^\.{0,2}\//, /^@sluice\//, /^@oxc-project\//];

export default {
  input: 'src/main.ts',
  platform: 'node',
  tsconfig: './tsconfig.json',
  external: (id) => builtinModules.includes(id) || !bundled.some((pattern) => pattern.test(id)),
  output: {
    dir: path.join(root, 'dist', project),
    cleanDir: true, // The pieces are named by their hash: those of earlier builds would stay for ever.
    entryFileNames: 'main.js',
    format: 'cjs',
    sourcemap: true,
  },
};
