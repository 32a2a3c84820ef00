import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where a running edge answers while the till is developed with `vite`. */
const EDGE_URL = 'http://127.0.0.1:4101';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2022',
    // The edge's content security policy allows no data: URLs for scripts and styles.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/v1': EDGE_URL } },
});
