/** Runes everywhere: a component in the old dialect is an error, not a surprise. */
export default { compilerOptions: { runes: true } };
