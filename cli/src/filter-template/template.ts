import type { TemplateInput } from './input.js';
import { asconfig, gitignore, npmrc, packageJson, readme, tsconfig } from './project.js';
import { bootstrap, filter, scenario, spec } from './sources.js';

/** The files of a new filter, by path: it builds, its spec and its scenario pass, before a line of it is changed. */
export function filterTemplate(input: TemplateInput): Record<string, string> {
  return {
    'assembly/index.ts': filter(input),
    'asconfig.json': asconfig(input),
    'tsconfig.json': tsconfig,
    'package.json': packageJson(input),
    'README.md': readme(input),
    [`specs/${input.name}.test.mjs`]: spec(input),
    [`scenarios/${input.name}.yaml`]: scenario(input),
    'envoy.yaml': bootstrap(input),
    '.gitignore': gitignore,
    ...(input.packages.folders && { '.npmrc': npmrc }),
  };
}
