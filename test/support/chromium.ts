import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** A Chromium of the system: CHROMIUM_PATH, or where Debian puts it. */
export const CHROMIUM = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path !== undefined && path !== '' && existsSync(path));

interface Browser {
  context: BrowserContext;
  close: () => Promise<void>;
}

/** A headless browser with a profile of its own that is gone afterwards. */
async function openBrowser(path: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'readybench-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Wide and light, narrow and dark: what a page is looked at in. */
export const LOOKS = [{ width: 1440, scheme: 'light' }, { width: 360, scheme: 'dark' }] as const;

/** How far a page scrolls sideways. */
export const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

export interface Pages {
  /** Shows a document; `complaints` collects what its console says, its errors, and every request for anything else. */
  open: (name: string, document: string, look: { width: number; scheme: 'light' | 'dark' }) => Promise<{ page: Page; complaints: string[] }>;
  /** The same without JavaScript. */
  openPlain: (name: string, document: string) => Promise<Page>;
}

/** A browser and a folder for the tests of the suite around it. */
export function pages(): Pages {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'readybench-html-'));
  beforeAll(async () => {
    browser = await openBrowser(CHROMIUM ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (name: string, document: string): string => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.html`);
    writeFileSync(file, document);
    return pathToFileURL(file).href;
  };
  return {
    open: async (name, document, look) => {
      const url = write(name, document);
      const page = await browser.context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (request.url() !== url) complaints.push(`request to ${request.url()}`);
      });
      await page.emulateMedia({ colorScheme: look.scheme });
      await page.setViewportSize({ width: look.width, height: 900 });
      await page.goto(url);
      return { page, complaints };
    },
    openPlain: async (name, document) => {
      const page = await browser.context.newPage();
      const session = await browser.context.newCDPSession(page);
      await session.send('Emulation.setScriptExecutionDisabled', { value: true });
      await page.goto(write(name, document));
      return page;
    },
  };
}
