// Office: a manager's browser, beside the tablets: signed in with a password.
import { expect, type Page } from '@playwright/test';
import { OWNER } from './shop.ts';
import { type ShopFloor } from './shop_floor.ts';
import { type TabletOptions } from './tablet.ts';

/** A browser of its own in which somebody is signed in (the owner, unless told otherwise), on today's figures. */
export async function office(
  floor: ShopFloor,
  address: string,
  options: TabletOptions = {},
  who: { email: string; password: string } = OWNER,
): Promise<Page> {
  const { page } = await floor.tablet(address, options);
  await page.goto(`${address}/manage`);
  await page.locator('input[type=email]').fill(who.email);
  await page.locator('input[type=password]').fill(who.password);
  await page.keyboard.press('Enter');
  await expect(page.locator('nav.rail')).toBeVisible();
  await expect(page.locator('input[type=password]')).toBeHidden();
  return page;
}
