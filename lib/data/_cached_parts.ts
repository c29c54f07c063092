import type { Column } from "./column.ts";
import type { DatasetParts } from "./dataset.ts";
import { type ParsedArrays, type ParsedKey, parsedOnce } from "./_parsed_cache.ts";
import type { DataPlaces } from "./places.ts";

/** Columns of the parts of a set, and whatever else belongs to it. */
export interface BuiltParts<
  Part extends string,
  Input extends string,
  Target extends string,
  Extra,
> {
  readonly parts: Readonly<Record<Part, DatasetParts<Input, Target>>>;
  /** Anything that JSON can hold. */
  readonly extra: Extra;
}

type KeptColumn = Omit<Column, "values" | "mask">;

interface KeptPart extends Omit<DatasetParts<string, string>, "inputs" | "targets"> {
  readonly inputs: Readonly<Record<string, KeptColumn>>;
  readonly targets: Readonly<Record<string, KeptColumn>>;
}

/**
 * The parts of a set from `build`, or from the cache folder when the same version has been built
 * before from the same files; see {@linkcode parsedOnce}. Groups are kept as lists.
 */
export async function builtOnce<
  Part extends string,
  Input extends string,
  Target extends string,
  Extra,
>(
  key: ParsedKey,
  places: DataPlaces,
  build: () => Promise<BuiltParts<Part, Input, Target, Extra>>,
): Promise<BuiltParts<Part, Input, Target, Extra>> {
  const { arrays, notes } = await parsedOnce(key, places, async () => {
    const { parts, extra } = await build();
    const arrays: Record<string, ParsedArrays[string]> = {};
    const kept: Record<string, KeptPart> = {};
    for (const [name, part] of Object.entries<DatasetParts<Input, Target>>(parts)) {
      kept[name] = {
        ...part,
        groups: Object.fromEntries(
          Object.entries(part.groups ?? {}).map(([group, members]) => [group, Array.from(members)]),
        ),
        inputs: keepColumns(part.inputs, `${name}/inputs`, arrays),
        targets: keepColumns(part.targets, `${name}/targets`, arrays),
      };
    }
    return { arrays, notes: { kept, extra } };
  });
  const parts = Object.fromEntries(
    Object.entries(notes.kept).map(([name, part]) => [name, {
      ...part,
      inputs: restoreColumns(part.inputs, `${name}/inputs`, arrays),
      targets: restoreColumns(part.targets, `${name}/targets`, arrays),
    }]),
  );
  return { parts: parts as Record<Part, DatasetParts<Input, Target>>, extra: notes.extra };
}

function keepColumns(
  columns: Readonly<Record<string, Column>>,
  place: string,
  arrays: Record<string, ParsedArrays[string]>,
): Record<string, KeptColumn> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { values, mask, ...rest }]) => {
      arrays[`${place}/${name}`] = values;
      if (mask) arrays[`${place}/${name}/mask`] = mask;
      return [name, rest];
    }),
  );
}

function restoreColumns(
  columns: Readonly<Record<string, KeptColumn>>,
  place: string,
  arrays: ParsedArrays,
): Record<string, Column> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, rest]) => {
      const values = arrays[`${place}/${name}`] as Column["values"];
      const mask = arrays[`${place}/${name}/mask`] as Uint8Array | undefined;
      return [name, { ...rest, values, ...(mask ? { mask } : {}) }];
    }),
  );
}
