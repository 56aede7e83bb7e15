const digits = (nik: string, from: number, to: number) => Number(nik.slice(from, to));

/**
 * A number of its own for each plausible NIK, from 1, small enough to be exact: sixteen digits are not. Region, then day (up to 71),
 * month and year, then serial.
 */
function numberOf(nik: string): number {
  const date = (digits(nik, 6, 8) * 13 + digits(nik, 8, 10)) * 100 + digits(nik, 10, 12);
  return (digits(nik, 0, 6) * 93_600 + date) * 10_000 + digits(nik, 12, 16) + 1;
}

const smallest = 65_536;

/** Where the search for a number begins: neighbours are strewn, since the serials of a day are. */
function placeOf(number: number, mask: number): number {
  const mixed = Math.imul(number >>> 0, 0x9e_37_79_b1) ^ Math.imul(Math.floor(number / 0x1_00_00_00_00), 0x85_eb_ca_6b);
  return (mixed ^ (mixed >>> 15)) & mask;
}

/** Numbers of people that were seen: eight bytes a place, and at most two thirds of the places taken. */
export function nikSet() {
  let places = new Float64Array(smallest);
  let count = 0;

  function put(table: Float64Array, number: number): boolean {
    const mask = table.length - 1;
    for (let place = placeOf(number, mask); ; place = (place + 1) & mask) {
      if (table[place] === number) return false;
      if (table[place] !== 0) continue;
      table[place] = number;
      return true;
    }
  }

  return {
    /** Adds a plausible NIK; false when it was there. */
    add(nik: string): boolean {
      const isNew = put(places, numberOf(nik));
      if (isNew) count += 1;
      if (count * 3 > places.length * 2) {
        const wider = new Float64Array(places.length * 2);
        for (const number of places) if (number !== 0) put(wider, number);
        places = wider;
      }
      return isNew;
    },
  };
}
