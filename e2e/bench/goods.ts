// Goods: as many products as a figure asks for, with names that look like a shop's.
const colours = ['Red', 'White', 'Blue', 'Pink', 'Green', 'Ivory', 'Black', 'Silver', 'Crème', 'Lilac'];
const looks = ['retrospot', 'hanging', 'vintage', 'wicker', 'enamel', 'paisley', 'gingham', 'zinc', 'folding', 'café'];
const things = ['heart holder', 'cakestand', 'lunch bag', 'doormat', 'bunting', 'teacup', 'lantern', 'photo frame',
  'umbrella', 'cushion cover', 'jam jar', 'rolling pin', 'key rack', 'garden kneeler', 'toast rack', 'egg timer'];

/** A barcode of 13 digits with its check digit. */
export function barcode(number: number): string {
  const digits = `50${String(number).padStart(10, '0')}`;
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** The file to import. */
export function goods(count: number): string {
  const rows = ['sku,name,price,barcode,favourite'];
  for (let n = 0; n < count; n += 1) {
    const name = `${colours[n % 10]} ${looks[Math.floor(n / 10) % 10]} ${things[Math.floor(n / 100) % 16]} ${n}`;
    rows.push(`${100_000 + n},${name},${1 + (n % 40)}.${10 + (n % 90)},${barcode(n)},${n < 24 ? 'yes' : 'no'}`);
  }
  return rows.join('\n') + '\n';
}
