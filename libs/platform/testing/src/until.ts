import { messageOf } from '@sluice/core';

const POLL_MS = 20;
const DEADLINE_MS = 20_000;

/** Asks until it is so; rejects with `what` and the last failure when it takes longer than 20 s. A failure counts as no. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  let failure = '';
  while (Date.now() < deadline) {
    try {
      if (await isSo()) return;
    } catch (error) {
      failure = `: ${messageOf(error)}`;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Waited ${DEADLINE_MS} ms in vain until ${what}${failure}`);
}

/** Starts several things; where that fails midway, those that it kept are stopped. */
export async function withStopped<T>(
  start: (keep: <S extends { stop(): Promise<void> }>(started: S) => S) => Promise<T>,
): Promise<T> {
  const kept: { stop(): Promise<void> }[] = [];
  try {
    return await start((started) => {
      kept.push(started);
      return started;
    });
  } catch (error) {
    await Promise.all(kept.map((started) => started.stop()));
    throw error;
  }
}
