import type { Context } from '../context';
import { runAndReport } from '../migration';

export default async function verify(context: Context): Promise<number> {
  return (await runAndReport('verify', context)).exitCode;
}
