import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { readAddress, withCharColumns, withOwnSession, withWholeScripts } from './connection.mjs';

/** What the engine said when it panicked; without this registry a panic is only "unreachable". */
let panicMessage;
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message: (message) => {
    panicMessage = message;
  },
};

export const lastPanic = () => panicMessage;

/**
 * Starts Prisma's schema engine. `datamodels` are the schema files as `[name, text]`; `url` is absent for commands that
 * need no database.
 */
export async function startEngine({ datamodels, url, shadowDatabaseUrl, shadows }) {
  await instantiate();
  const { config, schema } = readAddress(url ?? 'postgresql://localhost/none');
  const factory = new PrismaPg(withOwnSession(config, schema), { schema });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => withWholeScripts(withCharColumns(await connect()));
  factory.connectToShadowDb = () =>
    shadowDatabaseUrl ? shadows.useGiven(shadowDatabaseUrl) : shadows.create(config, schema);
  const settings = datamodels.length > 0 ? { datamodels } : {};
  const ignoreLog = () => {};
  return bindings.SchemaEngine.new(settings, ignoreLog, bindMigrationAwareSqlAdapterFactory(factory));
}

async function instantiate() {
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(script.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}
