import { accessSync, constants } from 'node:fs';
import { makeFolder } from '@sluice/core';
import { UsageError } from './cli.errors';

/** Makes a folder that the operator named, before there is work that could be lost. Throws a usage error. */
export function makeWritable(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`${folder} is no folder that can be written.`, { cause, remedy: 'Name another folder.' });
  }
}
