import { createReadStream } from 'node:fs';
import { type Options, type Parser, parse } from 'csv-parse';

/** The rows of a file to iterate over; a file that cannot be read ends the iteration with its error. */
export function openCsv(file: string, options: Options): Parser {
  const parser = parse(options);
  createReadStream(file)
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  return parser;
}
