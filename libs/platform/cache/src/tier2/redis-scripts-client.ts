import { createHash } from 'node:crypto';
import type { RedisConnection } from '@sluice/redis';
import { SCRIPTS } from './redis-scripts';

export type ScriptName = keyof typeof SCRIPTS;
type Argument = string | number | Buffer;

const HASHES = Object.fromEntries(
  Object.entries(SCRIPTS).map(([name, { lua }]) => [name, createHash('sha1').update(lua).digest('hex')]),
) as Record<ScriptName, string>;

/** Runs the engine's scripts by their hash, and sends the text once to a server that does not know it yet. */
export class RedisScripts {
  constructor(private readonly connection: RedisConnection) {}

  /** Text in the answer comes as strings. */
  run(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const { client } = this.connection;
    return byHashOrText(name, (command, script) => client.call(command, [script, keys.length, ...keys, ...args]));
  }

  /** Text in the answer comes as bytes. */
  runBytes(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const { client } = this.connection;
    return byHashOrText(name, (command, script) => client.callBuffer(command, [script, keys.length, ...keys, ...args]));
  }

  /** Sends the whole text and waits for no answer: for a server that does not answer now. */
  post(name: ScriptName, keys: readonly string[], args: readonly Argument[]): void {
    const posted = this.connection.client.call('EVAL', [SCRIPTS[name].lua, keys.length, ...keys, ...args]);
    posted.catch(() => undefined); // Whoever posts does without.
  }
}

async function byHashOrText(
  name: ScriptName,
  send: (command: 'EVALSHA' | 'EVAL', script: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send('EVALSHA', HASHES[name]);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return send('EVAL', SCRIPTS[name].lua);
  }
}

const isUnknownScript = (error: unknown) => error instanceof Error && error.message.startsWith('NOSCRIPT');
