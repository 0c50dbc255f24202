import path from 'node:path';
import { defineConfig } from 'prisma/config';

// Prisma's own engine as WebAssembly instead of a native binary that would have to be downloaded.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(__dirname, 'tools/schema-engine.mjs');

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost/none' },
});
