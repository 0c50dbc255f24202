/** The compiler would turn `import()` into `require`, which some of the peers cannot be loaded with. */
module.exports.importModule = (name) => import(name);
