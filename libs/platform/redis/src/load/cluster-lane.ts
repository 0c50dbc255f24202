import { Command, type Cluster } from 'ioredis';
import { redisFailure } from '../errors';
import { isErrorReply } from '../failure-class';
import { outcomeOf, type BatchOutcome, type Lane } from './lane';
import type { Reply } from './reply';
import { commandsOf, type RespBatch } from './resp';

/**
 * The same over a cluster: one pipeline for each node that has keys of the batch. The guard is on one node only, so no
 * transaction can hold it: it is read before the values are, and again after they are written; where it has changed, the
 * batch's keys are deleted. Between the two somebody may read a value that was old already.
 */
export class ClusterLane implements Lane {
  private before: Buffer | null = null;

  constructor(
    private readonly cluster: Cluster,
    private readonly server: string,
    private readonly guard: string | null,
  ) {}

  async watch(): Promise<void> {
    this.before = await this.readGuard();
  }

  async write<Id>(batch: RespBatch<Id>): Promise<BatchOutcome<Id>> {
    const groups = this.byNode(commandsOf(batch));
    const replies = (await Promise.all(groups.map((group) => this.send(group)))).flat();
    const after = await this.readGuard();
    const isOvertaken = after === null ? this.before !== null : !this.before?.equals(after);
    this.before = after;
    if (!isOvertaken) return outcomeOf(batch, replies);
    await Promise.all(
      groups.map((group) => this.send(group.map(([, key]) => [Buffer.from('UNLINK'), key ?? Buffer.alloc(0)]))),
    );
    return { id: batch.id, commands: batch.commands, state: 'overtaken' };
  }

  close(): void {
    this.before = null; // The connection belongs to somebody else.
  }

  /** The whole value in the form in which Redis would move it: equal as long as nobody has written it. */
  private async readGuard(): Promise<Buffer | null> {
    try {
      return this.guard === null ? null : await this.cluster.dumpBuffer(this.guard);
    } catch (error) {
      throw redisFailure(error, this.server);
    }
  }

  private byNode(commands: readonly Buffer[][]): Buffer[][][] {
    const groups = new Map<string, Buffer[][]>();
    for (const command of commands) {
      const slot = new Command('set', [command[1] ?? '', '']).getSlot();
      const node = (this.cluster.slots[slot] ?? []).join(';');
      const group = groups.get(node) ?? [];
      group.push(command);
      groups.set(node, group);
    }
    return [...groups.values()];
  }

  /** A command that could not be sent, or was not answered, ends the load; an error reply is told with the batch. */
  private async send(commands: readonly Buffer[][]): Promise<Reply[]> {
    const calls = commands.map(([name, ...args]) => [String(name).toLowerCase(), ...args]);
    try {
      const answers = (await this.cluster.pipeline(calls).exec()) ?? [];
      return answers.map(([error]) => {
        if (error && !isErrorReply(error)) throw error;
        return error ? { kind: 'error', text: error.message } : { kind: 'value' };
      });
    } catch (error) {
      throw redisFailure(error, this.server);
    }
  }
}
