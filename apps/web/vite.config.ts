import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const running = 'http://127.0.0.1:8420';

export default defineConfig({
  plugins: [react()],
  // `npm run dev` beside a running server, which accepts requests whose Origin is its own only.
  server: { proxy: { '/api': { target: running, changeOrigin: true, headers: { origin: running } } } },
  build: {
    target: 'es2023',
    // A data: font would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    // Read by .size-limit.js.
    manifest: true,
  },
  // monaco-yaml's worker asks for Monaco's as it was named before 0.57.
  resolve: { alias: { 'monaco-editor/esm/vs/editor/editor.worker.js': 'monaco-editor/editor/editor.worker.js' } },
  worker: { format: 'es' },
});
