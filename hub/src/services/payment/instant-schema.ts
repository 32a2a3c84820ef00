import { z } from 'zod';

/** A moment in years that our stores and languages all can write. */
export const instantSchema = z.iso
  .datetime()
  .max(40)
  .refine((text) => text >= '1970' && text < '9999', 'The year is to be from 1970 to 9998.');
