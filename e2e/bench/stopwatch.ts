// Stopwatch: times inside the page, from a key or the navigation to the frame that shows what it did.
import type { Page } from '@playwright/test';

declare global {
  interface Window {
    /** Ms from the last key to the first frame after the page changed, one a key. */
    keyToPaint: number[];
    /** Ms from the navigation to the first frame with the element, by selector. */
    shownAt: Record<string, number>;
  }
}

/** Watches from before the page's first script. */
export async function watch(page: Page, selectors: string[]): Promise<void> {
  await page.addInitScript((wanted: string[]) => {
    window.keyToPaint = [];
    window.shownAt = {};
    let pressedAt = 0;
    const afterPaint = (then: () => void): void => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = then;
        channel.port2.postMessage(0);
      });
    };
    addEventListener('keydown', (event) => {
      pressedAt = event.timeStamp;
    }, true);
    addEventListener('click', (event) => {
      pressedAt = event.timeStamp;
    }, true);
    new MutationObserver(() => {
      for (const selector of wanted) {
        if (!(selector in window.shownAt) && document.querySelector(selector) !== null) {
          window.shownAt[selector] = -1;
          afterPaint(() => {
            window.shownAt[selector] = performance.now();
          });
        }
      }
      if (pressedAt > 0) {
        const since = pressedAt;
        pressedAt = 0;
        afterPaint(() => window.keyToPaint.push(performance.now() - since));
      }
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  }, selectors);
}

/** Ms from the navigation to the frame with the element. */
export async function shownAt(page: Page, selector: string): Promise<number> {
  const shown = await page.waitForFunction((wanted) => {
    const at = window.shownAt[wanted];
    return at !== undefined && at >= 0 ? at : false;
  }, selector, { timeout: 60_000 });
  return (await shown.jsonValue()) as number;
}

export function quantile(times: number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1);
  return Math.round((sorted[Math.max(0, at)] ?? 0) * 10) / 10;
}
