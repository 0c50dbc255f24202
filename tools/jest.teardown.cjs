/** Stops what the run's tests asked for. */
module.exports = async () => {
  await globalThis.sluiceTestDesk.close();
};
