import type { Context } from '../context';
import { runAndReport } from '../migration';

export default function verify(context: Context): Promise<number> {
  return runAndReport('verify', context);
}
