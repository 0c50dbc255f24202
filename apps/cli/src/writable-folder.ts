import { accessSync, constants } from 'node:fs';
import { makeFolder } from '@sluice/core';
import { UsageError } from './cli.errors';

/**
 * Makes a folder that the operator named, by an argument or option of this name, before there is work that could be lost.
 * Throws a usage error.
 */
export function makeWritable(name: string, folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`${name} names no folder that can be written: ${folder}.`, {
      cause,
      remedy: 'Name another folder.',
    });
  }
}
