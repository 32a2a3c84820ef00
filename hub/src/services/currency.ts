import { isCurrency } from '@butik/domain/money/money';
import { z } from 'zod';

export const currencySchema = z.string().refine(isCurrency, 'There is no currency with this code.');
