/** The different texts of a column in the order in which they come up, and for each row its index. */
export interface Distinct {
  readonly texts: readonly string[];
  readonly codes: Int32Array;
}

/** The fields of separated values: as many in every row. */
export interface Fields {
  readonly rows: number;
  /** Fields in a row. */
  readonly width: number;
  /** All fields of a row. */
  record(row: number): string[];
  distinct(column: number, fromRow: number): Distinct;
  /** A field as a number, `NaN` when it is none or is not written in the usual way. */
  number(row: number, column: number): number;
}

/** Fields that are texts already. */
export class RecordFields implements Fields {
  readonly rows: number;
  readonly width: number;

  constructor(readonly records: readonly string[][]) {
    this.rows = records.length;
    this.width = records[0]?.length ?? 0;
  }

  record(row: number): string[] {
    return this.records[row];
  }

  distinct(column: number, fromRow: number): Distinct {
    const index = new Map<string, number>();
    const codes = new Int32Array(this.rows - fromRow);
    for (let row = 0; row < codes.length; row++) {
      const text = this.records[fromRow + row][column];
      let code = index.get(text);
      if (code === undefined) index.set(text, code = index.size);
      codes[row] = code;
    }
    return { texts: [...index.keys()], codes };
  }

  number(row: number, column: number): number {
    return numberOf(this.records[row][column]);
  }
}

/** What a field says as a number; `NaN` when it says none. */
export function numberOf(text: string): number {
  const value = text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : NaN;
}
