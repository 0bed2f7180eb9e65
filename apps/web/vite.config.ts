import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // `npm run dev` beside a running server, which accepts requests whose Origin is its own only.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8420', changeOrigin: true } } },
  build: {
    target: 'es2023',
    // A data: font would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    // Read by .size-limit.js.
    manifest: true,
  },
  worker: { format: 'es' },
});
