import { z } from 'zod';

/** An id as PostgreSQL and our hashes write it, however the caller does: capitals make no other payment. */
export const idSchema = z.uuid().toLowerCase();
