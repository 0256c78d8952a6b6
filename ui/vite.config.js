import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

// One SPA: the server answers every address of the console with 200.html, whose inline script is named by hash in the CSP.
export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: '200.html', pages: '../build/ui', assets: '../build/ui' }),
      csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
      compilerOptions: { runes: true },
    }),
  ],
  // The tokens use light-dark(): browsers of 2024 and later.
  build: { cssTarget: ['chrome123', 'firefox120', 'safari17.5'] },
  // The dev server of the console alone: the API of a running stack stands behind the same origin.
  server: { proxy: { '/api': process.env.SMARTCMS_URL ?? 'http://127.0.0.1:8080' } },
});
