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
