/** What a part of a value must be, beyond its characters and length. `day` is a date that names its day. */
export type ContentRule = 'check-digit' | 'date' | 'day';

/** N: digits. X: the 82 characters that GS1 allows in text. Y: the 39 of part numbers. Z: base64url. */
export type Charset = 'N' | 'X' | 'Y' | 'Z';

export interface ValuePart {
  charset: Charset;
  /** Of a part that is there; an optional one may be left out altogether. */
  minLength: number;
  maxLength: number;
  optional: boolean;
  rule: ContentRule | null;
}

export interface ApplicationIdentifier {
  ai: string;
  parts: readonly ValuePart[];
  /** Its length is known from its first two digits, so no separator has to follow it. */
  predefinedLength: boolean;
}

/**
 * The application identifiers in the notation of the GS1 General Specifications: N14 is 14 digits, X..20
 * up to 20 characters, brackets mean that the part may be left out. A mark says what the part is: `#` ends
 * with a check digit, `@` a date YYMMDD whose day may be 00, `!` a date with a day. A range covers its
 * last digits. All are listed, also those that no till acts on: one that is not known makes what follows
 * it unreadable, and the goods unsellable.
 */
const FORMATS: readonly (readonly [ais: string, format: string])[] = [
  ['00', 'N18#'], // logistic unit (SSCC)
  ['01-03', 'N14#'], // GTIN; GTIN of the goods inside a logistic unit; GTIN of a made-to-order item
  ['10', 'X..20'], // batch or lot
  ['11-13', 'N6@'], // production, due and packaging date
  ['15-17', 'N6@'], // best before, sell by, expiry
  ['20', 'N2'], // variant
  ['21-22', 'X..20'], // serial number, consumer product variant
  ['235', 'X..28'],
  ['240-241', 'X..30'],
  ['242', 'N..6'],
  ['243', 'X..20'],
  ['250-251', 'X..30'],
  ['253', 'N13# [X..17]'],
  ['254', 'X..20'],
  ['255', 'N13# [N..12]'], // coupon
  ['30', 'N..8'], // count of a variable-measure item
  ...measures('310-316'), // net weight in kg (310n), lengths, areas and volumes
  ...measures('320-337'), // net weight in pounds (320n), gross weight in kg (330n)
  ...measures('340-357'),
  ...measures('360-369'),
  ['37', 'N..8'], // count of the goods inside a logistic unit
  ['3900-3909', 'N..15'], // amount payable, in local currency
  ['3910-3919', 'N3 N..15'], // the same after an ISO 4217 number
  ['3920-3929', 'N..15'], // price of a variable-measure item, in local currency
  ['3930-3939', 'N3 N..15'], // the same after an ISO 4217 number
  ['3940-3943', 'N4'], // percentage off
  ['3950-3955', 'N6'], // price per unit of measure
  ['400-401', 'X..30'], // customer's order number, consignment
  ['402', 'N17#'], // shipment
  ['403', 'X..30'],
  ['410-417', 'N13#'], // locations and parties
  ['420', 'X..20'],
  ['421', 'N3 X..9'],
  ['422', 'N3'], // country of origin
  ['423', 'N3 [N3] [N3] [N3] [N3]'],
  ['424', 'N3'],
  ['425', 'N3 [N3] [N3] [N3] [N3]'],
  ['426', 'N3'],
  ['427', 'X..3'],
  ...delivery('430'),
  ...delivery('431'),
  ['4308', 'X..30'],
  ['4309', 'N10 N10'],
  ['4318', 'X..20'],
  ['4319', 'X..30'],
  ['4320', 'X..35'],
  ['4321-4323', 'N1'],
  ['4324-4325', 'N6@ N4'],
  ['4326', 'N6!'],
  ['4330-4333', 'N6 [X1]'],
  ['7001', 'N13'],
  ['7002', 'X..30'], // meat cut
  ['7003', 'N6! N4'], // expiry date and time
  ['7004', 'N..4'],
  ['7005', 'X..12'], // catch area
  ['7006', 'N6!'], // first freeze date
  ['7007', 'N6! [N6!]'], // harvest date
  ['7008', 'X..3'],
  ['7009', 'X..10'],
  ['7010', 'X..2'],
  ['7011', 'N6! [N4]'],
  ['7020-7022', 'X..20'],
  ['7023', 'X..30'],
  ['7030-7039', 'N3 X..27'], // processors
  ['7040', 'N1 X1 X1 X1'],
  ['7041', 'X..4'],
  ['710-717', 'X..20'], // national health-care numbers
  ['7230-7239', 'X2 X..28'], // certificates
  ['7240', 'X..20'],
  ['7241', 'N2'],
  ['7242', 'X..25'],
  ['7250', 'N8'],
  ['7251', 'N8 N4'],
  ['7252', 'N1'],
  ['7253-7254', 'X..40'],
  ['7255', 'X..10'],
  ['7256', 'X..90'],
  ['7257', 'X..70'],
  ['7258', 'X3'],
  ['7259', 'X..40'],
  ['8001', 'N4 N5 N3 N1 N1'],
  ['8002', 'X..20'],
  ['8003', 'N1 N13# [X..16]'], // returnable asset
  ['8004', 'X..30'], // asset
  ['8005', 'N6'], // price per unit
  ['8006', 'N14# N4'], // piece of a trade item
  ['8007', 'X..34'],
  ['8008', 'N6! N2 [N2] [N2]'], // production date and time
  ['8009', 'X..50'],
  ['8010', 'Y..30'],
  ['8011', 'N..12'],
  ['8012', 'X..20'],
  ['8013-8014', 'X..25'],
  ['8017-8018', 'N18#'],
  ['8019', 'N..10'],
  ['8020', 'X..25'], // payment slip reference
  ['8026', 'N14# N4'],
  ['8030', 'Z..90'], // digital signature
  ['8040-8041', 'N15'],
  ['8042', 'N32'],
  ['8043', 'N18 [N..2]'],
  ['8110', 'X..70'], // coupons
  ['8111', 'N4'],
  ['8112', 'X..70'],
  ['8200', 'X..70'], // product URL
  ['90', 'X..30'], // agreed between trading partners
  ['91-99', 'X..90'], // internal to a company
];

const RULES: Readonly<Record<string, ContentRule>> = { '#': 'check-digit', '@': 'date', '!': 'day' };

/** First two digits of the identifiers whose length GS1 fixed once and for all. */
const PREDEFINED_LENGTH = /^(?:0[0-4]|1[1-9]|20|3[1-6]|41)/;

const BY_AI: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  FORMATS.flatMap(([ais, format]) => {
    const parts = format.split(' ').map(toPart);
    return expand(ais).map(
      (ai) => [ai, { ai, parts, predefinedLength: PREDEFINED_LENGTH.test(ai) }] as const,
    );
  }),
);

const AI_LENGTHS = [2, 3, 4] as const;

/** All identifiers that Butik reads. */
export const APPLICATION_IDENTIFIERS: readonly ApplicationIdentifier[] = [...BY_AI.values()];

/** The identifier that the text begins with, or null. No identifier is the beginning of another. */
export function leadingIdentifier(text: string): ApplicationIdentifier | null {
  for (const length of AI_LENGTHS) {
    const found = BY_AI.get(text.slice(0, length));
    if (found !== undefined) return found;
  }
  return null;
}

/** Measures end with their number of decimals, 0–5. */
function measures(families: string): [ais: string, format: string][] {
  return expand(families).map((family) => [`${family}0-${family}5`, 'N6']);
}

/** Names and addresses that a parcel goes to (430n) or comes back to (431n). */
function delivery(family: string): [ais: string, format: string][] {
  return [
    [`${family}0-${family}1`, 'X..35'],
    [`${family}2-${family}6`, 'X..70'],
    [`${family}7`, 'X2'],
  ];
}

function expand(ais: string): string[] {
  const [first = '', last = first] = ais.split('-');
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) =>
    String(Number(first) + index).padStart(first.length, '0'),
  );
}

function toPart(notation: string): ValuePart {
  const [, charset, upTo, length, mark = ''] = /([NXYZ])(\.\.)?([0-9]+)([#@!]?)/.exec(notation)!;
  const maxLength = Number(length);
  return {
    charset: charset as Charset,
    minLength: upTo === undefined ? maxLength : 1,
    maxLength,
    optional: notation.startsWith('['),
    rule: RULES[mark] ?? null,
  };
}
