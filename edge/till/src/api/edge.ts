import { request } from './request.ts';
import type { LineInput, Product, Quote, Sale, SaleInput, ScanAnswer, Shop, SyncStatus } from './types.ts';

export function getShop(signal?: AbortSignal): Promise<Shop> {
  return request('/v1/shop', { signal });
}

export async function findProducts(search: string, limit: number, signal?: AbortSignal): Promise<Product[]> {
  const query = new URLSearchParams({ search, limit: String(limit) });
  return (await request<{ items: Product[] }>(`/v1/products?${query}`, { signal })).items;
}

export function scan(data: string): Promise<ScanAnswer> {
  return request(`/v1/scan?${new URLSearchParams({ data })}`);
}

export function quote(lines: LineInput[], cash: boolean, signal?: AbortSignal): Promise<Quote> {
  return request('/v1/quote', { body: { lines, cash }, signal });
}

export function postSale(sale: SaleInput, idempotencyKey: string, signal?: AbortSignal): Promise<Sale> {
  return request('/v1/sales', { body: sale, idempotencyKey, signal });
}

export function getSync(signal?: AbortSignal): Promise<SyncStatus> {
  return request('/v1/sync', { signal });
}
