import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "test/corpus/**", "test/labs/**/workspace/**", "test/vscode/node_modules/**", "test/vscode/.cache/**", "src/demo/workspace/**"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      "no-control-regex": "off",
      eqeqeq: ["error", "always"],
    },
  },
  { files: ["*.config.ts", "**/*.d.ts"], rules: { "no-restricted-exports": "off" } },
);
