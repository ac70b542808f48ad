module.exports = async () => {
  await globalThis.endTests?.();
};
