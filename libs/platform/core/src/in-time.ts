/**
 * What `work` comes to; where that takes longer than so many milliseconds, the error that `late` makes is thrown. The work
 * itself goes on, and nobody hears of its end.
 */
export async function inTime<T>(mostMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), mostMs);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
