import { VAT_TABLES } from '@butik/domain/vat/rate-tables';
import { z } from 'zod';

/** ISO 3166-1 alpha-2 of a country whose VAT rates are known. */
export const countrySchema = z
  .string()
  .refine((country) => VAT_TABLES.has(country), 'No VAT rates are known for this country.');
