import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clientTypes } from '../client/client-types';
import { cliPage } from './cli.page';
import { errorsPage } from './errors.page';
import { exitCodesPage } from './exit-codes.page';
import { mappingsPage } from './mappings.page';
import { openapiDocument } from './openapi.document';
import { settingsPage } from './settings.page';

export const root = path.resolve(__dirname, '../..');
export const referenceDir = path.join(root, 'docs/reference');

/** The files of docs/reference, and what makes the text of each. The same code gives the same bytes, on any machine. */
export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'settings.md': settingsPage,
  'mappings.md': mappingsPage,
  'exit-codes.md': exitCodesPage,
  'errors.md': () => errorsPage(root),
  'cli.md': () => cliPage(root),
  'openapi.json': openapiDocument,
};

/** Everything that is made from the code, by its path below the project. */
export const generated: Readonly<Record<string, () => string | Promise<string>>> = {
  ...Object.fromEntries(Object.entries(pages).map(([name, make]) => [`docs/reference/${name}`, make])),
  'libs/client/src/paths.ts': async () => clientTypes(JSON.parse(await openapiDocument())),
};

/** Writes all files and gives their paths below the project. */
export async function writeReference(): Promise<string[]> {
  for (const [name, make] of Object.entries(generated)) {
    replaceFile(path.join(root, name), await make());
  }
  return Object.keys(generated);
}

/** In one step: whoever reads meanwhile, a compiler for one, finds the old text or the new one, and never a part. */
export function replaceFile(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const made = `${file}.${process.pid}.made`;
  writeFileSync(made, text);
  renameSync(made, file);
}
