// Scale: goods are weighed at the till: live, taken with one press, packaging off; and by typing where there is no scale.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { MtSics, Toledo8217 } from '../stage/scale.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';

/** Adds the scale as a person does: by the page, with its language. */
async function setUp(page: Page, protocol: string): Promise<void> {
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await page.getByRole('button', { name: 'Add a scale' }).click();
  const settings = page.getByRole('dialog');
  await settings.getByLabel('Name', { exact: true }).fill('Cheese counter');
  await settings.getByRole('combobox', { name: 'Language' }).selectOption({ label: protocol });
  await settings.getByRole('button', { name: 'Save' }).click();
}

for (const kind of [Toledo8217, MtSics]) {
  test(`a load is weighed, without its packaging, and sold (${kind.name})`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const scale = new kind();
    const till = await floor.till(shop, server.address, { serial: [scale] });
    const { page } = till;
    await setUp(page, scale.protocol);
    const card = page.getByRole('region', { name: 'Cheese counter' });
    await expect(card.getByText('0.000 kg')).toBeVisible();

    // Trying it out: dust is called nothing, a cheese is not.
    scale.lay(6);
    await expect(card.getByText('0.006 kg')).toBeVisible();
    await card.getByRole('button', { name: 'Zero' }).click();
    await expect(card.getByText('0.000 kg')).toBeVisible();
    scale.lay(2_006);
    await expect(card.getByText('2.000 kg')).toBeVisible();
    await card.getByRole('button', { name: 'Zero' }).click();
    await expect(card.getByText('The scale was not zeroed')).toBeVisible();
    scale.lay(16_000);
    await expect(card.getByText('Too heavy for this scale')).toBeVisible();
    scale.lay(6);
    await expect(card.getByText('0.000 kg')).toBeVisible();

    // At the till: it moves, settles, and is taken with one press.
    await page.getByRole('link', { name: 'Sell' }).click();
    await till.add('Darjeeling');
    const question = page.getByRole('dialog', { name: 'Darjeeling, loose' });
    const weighs = question.getByRole('region', { name: 'Scale' });
    await expect(weighs.getByText('0.000 kg')).toBeVisible();
    await expect(weighs.getByRole('button', { name: 'Waiting for a stable weight' })).toBeDisabled();
    scale.lay(106);
    await expect(weighs.getByText('0.100 kg', { exact: true })).toBeVisible();
    await weighs.getByRole('button', { name: 'Tare', exact: true }).click();
    await expect(weighs.getByText('Stable, net')).toBeVisible();
    await expect(weighs.getByText('0.000 kg')).toBeVisible();
    scale.put(606);
    await expect(weighs.getByText('Moving…')).toBeVisible();
    await expect(weighs.getByRole('button', { name: 'Waiting for a stable weight' })).toBeDisabled();
    scale.settle();
    await weighs.getByRole('button', { name: 'Take 0.500 kg' }).click();
    await expect(question).toBeHidden();
    await expect(page.getByRole('button', { name: 'Charge £19.00' })).toBeVisible();

    // What is still off it: below zero, so it says; cleared, another is weighed with packaging known by hand.
    scale.lay(0);
    await till.add('Darjeeling');
    await expect(weighs.getByText('Below zero')).toBeVisible();
    scale.lay(6);
    await weighs.getByRole('button', { name: 'Clear tare' }).click();
    scale.lay(266);
    await expect(weighs.getByRole('button', { name: 'Take 0.260 kg' })).toBeEnabled();
    await weighs.getByRole('button', { name: 'Packaging', exact: true }).click();
    await weighs.getByLabel('Packaging, kg').fill('0.01');
    await expect(weighs.getByRole('button', { name: 'Take 0.250 kg' })).toBeEnabled();
    await weighs.getByRole('button', { name: 'Take 0.250 kg' }).click();
    await expect(page.getByRole('button', { name: 'Charge £28.50' })).toBeVisible();

    // The buyer reads the net weight and the packaging.
    await till.charge();
    const receipt = await till.payCash();
    const paper = page.getByRole('article', { name: `Receipt ${receipt.number}` });
    await expect(paper.getByText('0.5 kg × 38.00/kg')).toBeVisible();
    await expect(paper.getByText(kind === MtSics ? 'Net, tare 0.100 kg' : 'Net weight')).toBeVisible();
    await expect(paper.getByText('Net, tare 0.010 kg')).toBeVisible();
    await shop.expectBooks([{ number: receipt.number, total: 2_850 }]);
    expect(scale.asked).toBe(1);
  });
}

test('a scale is pulled out and put back while something is weighed; the tablet finds it again by itself', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const scale = new Toledo8217();
  const till = await floor.till(shop, server.address, { serial: [scale] });
  const { page } = till;
  await setUp(page, scale.protocol);
  await expect(page.getByRole('region', { name: 'Cheese counter' }).getByText('0.000 kg')).toBeVisible();

  // Nobody is asked again after a start anew.
  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  await page.getByRole('link', { name: 'Sell' }).click();
  await till.add('Darjeeling');
  const question = page.getByRole('dialog', { name: 'Darjeeling, loose' });
  const weighs = question.getByRole('region', { name: 'Scale' });
  scale.lay(250);
  await expect(weighs.getByRole('button', { name: 'Take 0.250 kg' })).toBeEnabled();
  await scale.pull();
  await expect(weighs.getByText('Plug the scale in again')).toBeVisible();
  await expect(weighs.getByRole('button', { name: 'Waiting for a stable weight' })).toBeDisabled();
  // It is typed meanwhile.
  await question.getByRole('textbox', { name: 'How much?' }).fill('0.1');
  await question.getByRole('button', { name: 'Add to the sale' }).click();
  await expect(page.getByRole('button', { name: 'Charge £3.80' })).toBeVisible();

  await till.add('Darjeeling');
  await expect(weighs.getByText('Plug the scale in again')).toBeVisible();
  await scale.plug();
  await expect(weighs.getByRole('button', { name: 'Take 0.250 kg' })).toBeEnabled();
  // Enter takes what lies on it.
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Charge £13.30' })).toBeVisible();
  // The weight of a line is changed by the scale too.
  scale.lay(500);
  await page.getByRole('button', { name: 'Weight', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take 0.500 kg' }).click();
  await expect(page.getByRole('button', { name: 'Charge £22.80' })).toBeVisible();
  expect(scale.asked).toBe(1);
});

test('a scale whose line is set otherwise says nothing, and the page says what to look at', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address, { serial: [new MtSics()] });
  const { page } = till;
  await setUp(page, 'Mettler Toledo 8217');
  const card = page.getByRole('region', { name: 'Cheese counter' });
  await expect(card.getByText('The scale does not answer: is it on, and do language, speed and bits fit?')).toBeVisible();
  await card.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Language' }).selectOption({ label: 'MT-SICS' });
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('0.000 kg')).toBeVisible();
  await card.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await expect(card).toBeHidden();
});

for (const [width, height, dark] of [[1280, 800, false], [820, 1180, true]] as const) {
  test(`nothing about weighing is in anybody's way (${width}×${height})`, async ({ floor }, info) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const scale = new Toledo8217();
    const till = await floor.till(shop, server.address, { serial: [scale], width, height, dark });
    const { page } = till;
    const look = async (name: string): Promise<void> => {
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
      await page.screenshot({ path: info.outputPath(`${name}.png`) });
    };
    await setUp(page, scale.protocol);
    await expect(page.getByRole('region', { name: 'Cheese counter' }).getByText('0.000 kg')).toBeVisible();
    await look('devices');
    await page.getByRole('region', { name: 'Cheese counter' }).getByRole('button', { name: 'Change' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await look('settings');
    await page.keyboard.press('Escape');
    scale.lay(420);
    await page.getByRole('link', { name: 'Sell' }).click();
    await till.add('Darjeeling');
    await expect(page.getByRole('button', { name: 'Take 0.420 kg' })).toBeEnabled();
    await page.getByRole('button', { name: 'Packaging', exact: true }).click();
    await look('weigh');
  });
}
