// Seed: fills an empty Vendure with the online side of the shop, over its own API.
//
//     node seed.mjs ADDRESS PASSWORD GOODS.json
//
// Prints one JSON object: what a test cannot look up by name (an API key).
import { readFile } from 'node:fs/promises';

const [address, password, goodsFile] = process.argv.slice(2);
let token;

async function ask(query, variables) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${address}/admin-api`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  token ??= answer.headers.get('vendure-auth-token');
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  const [result] = Object.values(data);
  if (result?.errorCode) throw new Error(JSON.stringify(result));
  return result;
}

/** A mutation that takes one input of the type of its name; its answer's fields as given. */
const make = (what, input, fields = 'id', type = `${what[0].toUpperCase()}${what.slice(1)}Input`) =>
  ask(`mutation ($input: ${type}!) { ${what}(input: $input) { ${fields} } }`, { input });

const english = words => [{ languageCode: 'en', ...words }];
const minor = price => Math.round(Number(price) * 100);
const argument = (name, value) => ({ name, value: String(value) });

async function ground() {
  const country = await make('createCountry', {
    code: 'GB',
    enabled: true,
    translations: english({ name: 'United Kingdom' }),
  });
  const zone = await make('createZone', { name: 'United Kingdom', memberIds: [country.id] });
  await make(
    'updateChannel',
    {
      id: '1',
      pricesIncludeTax: true,
      availableCurrencyCodes: ['GBP'],
      defaultCurrencyCode: 'GBP',
      defaultTaxZoneId: zone.id,
      defaultShippingZoneId: zone.id,
    },
    '... on Channel { id } ... on ErrorResult { errorCode message }',
  );
  const taxes = new Map();
  for (const [percent, name] of [
    [20, 'Standard rate'],
    [5, 'Reduced rate'],
    [0, 'Zero rate'],
  ]) {
    const category = await make('createTaxCategory', { name, isDefault: percent === 20 });
    const rate = { name: `VAT ${percent}%`, enabled: true, value: percent, categoryId: category.id, zoneId: zone.id };
    await make('createTaxRate', rate);
    taxes.set(percent, category.id);
  }
  return taxes;
}

async function places() {
  const { items } = await ask('{ stockLocations { items { id } } }');
  const first = await make('updateStockLocation', { id: items[0].id, name: 'High Street' });
  const second = await make('createStockLocation', { name: 'Station Arcade' });
  return [first.id, second.id];
}

async function article(good, taxes, locations) {
  const slug = good.sku.toLowerCase();
  const product = await make('createProduct', {
    enabled: true,
    translations: english({ name: good.name, slug, description: '' }),
  });
  const variant = {
    productId: product.id,
    sku: good.sku,
    price: minor(good.price),
    taxCategoryId: taxes.get(good.vat),
    trackInventory: 'TRUE',
    stockLevels: locations.map((stockLocationId, at) => ({
      stockLocationId,
      // Vendure counts whole pieces: what is weighed is sold by the whole unit there.
      stockOnHand: Math.floor(good.stock[at]),
    })),
    translations: english({ name: good.name }),
    customFields: { barcode: good.ean },
  };
  await make('createProductVariants', [variant], 'id', '[CreateProductVariantInput!]');
}

async function ways() {
  const shipping = (code, name, rate) =>
    make('createShippingMethod', {
      code,
      fulfillmentHandler: 'manual-fulfillment',
      checker: { code: 'default-shipping-eligibility-checker', arguments: [argument('orderMinimum', 0)] },
      calculator: {
        code: 'default-shipping-calculator',
        arguments: [argument('rate', rate), argument('includesTax', 'include'), argument('taxRate', 20)],
      },
      translations: english({ name, description: '' }),
    });
  await shipping('pickup', 'Collect in the shop', 0);
  await shipping('parcel', 'By parcel', 395);
  await make('createPaymentMethod', {
    code: 'card',
    enabled: true,
    handler: { code: 'dummy-payment-handler', arguments: [argument('automaticSettle', true)] },
    translations: english({ name: 'Card', description: '' }),
  });
}

async function customer() {
  const grace = await ask(
    `mutation ($input: CreateCustomerInput!) {
      createCustomer(input: $input) { ... on Customer { id } ... on ErrorResult { errorCode message } }
    }`,
    {
      input: {
        firstName: 'Grace',
        lastName: 'Adeyemi',
        emailAddress: 'grace.adeyemi@example.org',
        phoneNumber: '07700 900101',
      },
    },
  );
  await ask(
    `mutation ($id: ID!, $input: CreateAddressInput!) { createCustomerAddress(customerId: $id, input: $input) { id } }`,
    {
      id: grace.id,
      input: {
        fullName: 'Grace Adeyemi',
        streetLine1: '3 Elm Grove',
        city: 'Brighton',
        postalCode: 'BN2 3ES',
        countryCode: 'GB',
        defaultShippingAddress: true,
        defaultBillingAddress: true,
      },
    },
  );
}

async function apiKey() {
  const { items } = await ask('{ roles { items { id code } } }');
  const all = items.find(role => role.code === '__super_admin_role__');
  const key = { roleIds: [all.id], translations: english({ name: 'Tillbridge' }) };
  return (await make('createApiKey', key, 'apiKey')).apiKey;
}

await ask('mutation ($password: String!) { login(username: "superadmin", password: $password) { __typename } }', {
  password,
});
const goods = JSON.parse(await readFile(goodsFile, 'utf8'));
const taxes = await ground();
const locations = await places();
for (const good of goods) await article(good, taxes, locations);
await ways();
await customer();
const key = await apiKey();
await fetch(`${address}/peer/keep`, { method: 'POST' }).then(answer => {
  if (!answer.ok) throw new Error(`not kept: ${answer.status}`);
});
console.log(JSON.stringify({ key }));
