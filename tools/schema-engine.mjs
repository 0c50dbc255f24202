#!/usr/bin/env node
/**
 * Stands in for Prisma's native `schema-engine` program (PRISMA_SCHEMA_ENGINE_BINARY, set by prisma.config.ts), which
 * would have to be downloaded. It speaks the same JSON-RPC, one document per line, and is answered by Prisma's own
 * WebAssembly build of the engine over the `pg` driver. Its version must be the one of `prisma` in package.json.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const args = process.argv.slice(2);
const valuesOf = (flag) => args.flatMap((argument, i) => (argument === flag ? [args[i + 1]] : []));
const { url, shadowDatabaseUrl } = JSON.parse(valuesOf('--datasource')[0] ?? '{}');
/** Above every id that Prisma uses for its own requests. */
const FIRST_OWN_ID = 1_000_000;

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

async function serve() {
  const { startEngine, lastPanic } = await import('./schema-engine/wasm-engine.mjs');
  const { ShadowDatabases } = await import('./schema-engine/shadow-databases.mjs');
  const shadows = new ShadowDatabases();
  const datamodels = valuesOf('--datamodels').map((file) => [file, readFileSync(file, 'utf8')]);
  let engine;
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // Prisma acknowledges a `print` of ours.
    try {
      engine ??= await startEngine({ datamodels, url, shadowDatabaseUrl, shadows });
      const result = await answer(engine, method, Array.isArray(params) ? params[0] : params);
      if (result?.stdout) send({ id: FIRST_OWN_ID + id, method: 'print', params: { content: result.stdout } });
      send({ id, result: result ?? null });
    } catch (error) {
      send({ id, error: failure(error, lastPanic()) });
    }
    await shadows.disposeAll();
  }
}

/** Two methods read the schema of the migrations from a cache that only `devDiagnostic` fills on an engine like ours. */
async function answer(engine, method, input) {
  if (method === 'evaluateDataLoss' || method === 'createMigration')
    await engine.devDiagnostic({ migrationsList: input.migrationsList, filters: input.filters });
  return engine[method](input);
}

function failure(error, panic) {
  const message = panic ?? error?.message ?? String(error);
  const data = { is_panic: false, message, error_code: error?.error_code, ...error?.data };
  return { code: error?.code ?? 4466, message, data };
}

const command = args.indexOf('cli');
if (command >= 0) {
  const { runCliCommand } = await import('./schema-engine/cli-command.mjs');
  process.exitCode = await runCliCommand(args[command + 1], url);
} else {
  await serve();
  process.exit(0); // The adapter's pool would keep the process for its idle time.
}
