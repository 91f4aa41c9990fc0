import { buildModel, keyOf, type Mistake, type Model, type ResourceId } from '@tollgate/model';
import type { CheckedFile } from './check-file.js';
import { compareMistakes, type FileMistake } from './file-mistake.js';
import type { Source } from './source.js';

/** What policy files say together, and where. */
export interface Policies {
  model: Model;
  sources: Sources;
}

export interface CheckedPolicies extends Policies {
  /** The model is complete only where there are none. */
  mistakes: FileMistake[];
  warnings: FileMistake[];
}

/** `before`: what the files said when most of them were the same. */
export function joinFiles(files: readonly CheckedFile[], before?: Model): CheckedPolicies {
  const sources = new Sources(files);
  const own = files.flatMap(({ mistakes }) => mistakes);
  const { model, mistakes, warnings } = buildModel(
    files.flatMap(({ resources }) => resources.map(({ resource }) => resource)),
    { placeOf: (resource) => sources.of(resource).file, incomplete: own.length > 0, before },
  );
  const located = (found: readonly Mistake[]) => found.map((mistake) => sources.locate(mistake));
  return {
    model,
    sources,
    mistakes: [...own, ...located(mistakes)].sort(compareMistakes),
    warnings: located(warnings).sort(compareMistakes),
  };
}

/** Where each resource of a model comes from. */
export class Sources {
  private readonly byResource = new Map<ResourceId, Source>();
  /** For what was made of a resource; of two with the same name there is no model. */
  private readonly byName = new Map<string, Source>();

  constructor(files: readonly CheckedFile[]) {
    for (const { resources } of files)
      for (const { resource, source } of resources) {
        this.byResource.set(resource, source);
        this.byName.set(nameOf(resource), source);
      }
  }

  /** Only resources of these files are asked for. */
  of(resource: ResourceId): Source {
    const source = this.byResource.get(resource) ?? this.byName.get(nameOf(resource));
    if (!source) throw new Error(`${resource.kind} ${resource.name} comes from none of these files`);
    return source;
  }

  /** Adds the place to a mistake in a resource. */
  locate({ resource, path, message }: Mistake): FileMistake {
    if (!resource) throw new Error(`nobody knows where this is wrong: ${message}`);
    return this.of(resource).mistake(path, message);
  }
}

function nameOf(resource: ResourceId): string {
  return `${resource.kind} ${keyOf(resource)}`;
}
