/**
 * Draws the icons of the installed page from public/icon.svg, with Chromium (`CHROMIUM`,
 * /usr/bin/chromium by default): `node scripts/icons.mjs`. Their results are committed.
 *
 * A maskable icon, and the one of iOS, is cut to the system's own shape: its ground goes to the
 * edge and what is drawn keeps within the inner four fifths.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';

import { chromium } from '@playwright/test';

const folder = new URL('../public/', import.meta.url);

/** @type {readonly (readonly [name: string, size: number, cut: boolean])[]} */
const ICONS = [
  ['icon-192.png', 192, false],
  ['icon-512.png', 512, false],
  ['icon-maskable.png', 512, true],
  ['apple-touch-icon.png', 180, true],
];

const GROUND = 0x1b6b58;

const svg = await readFile(new URL('icon.svg', folder), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
for (const [name, size, cut] of ICONS) {
  // The ground without round corners; the drawing a little larger, for there is no margin.
  const picture = cut
    ? svg.replace(' rx="7"', '').replace('viewBox="0 0 32 32"', 'viewBox="2 2 28 28"')
    : svg;
  const png = encode(await pixels(picture, size), size);
  await writeFile(new URL(name, folder), png);
  console.log(name, png.length, 'bytes');
}
await browser.close();

/**
 * The picture's pixels, four bytes each.
 * @param {string} picture
 * @param {number} size
 */
async function pixels(picture, size) {
  const sized = picture.replace('<svg ', `<svg width="${size}" height="${size}" `);
  const bytes = await page.evaluate(
    async ([address, side]) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const canvas = new OffscreenCanvas(side, side).getContext('2d');
      if (canvas === null) throw new Error('no canvas');
      canvas.drawImage(image, 0, 0);
      return [...canvas.getImageData(0, 0, side, side).data];
    },
    /** @type {const} */ ([`data:image/svg+xml,${encodeURIComponent(sized)}`, size]),
  );
  return Buffer.from(bytes);
}

/**
 * A PNG with a palette: a quarter of the size of what a browser writes.
 * @param {Buffer} rgba
 * @param {number} size
 */
function encode(rgba, size) {
  /** @type {Map<number, number>} */
  const palette = new Map();
  const rows = Buffer.alloc(size * (size + 1));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const read = rgba.readUInt32BE((y * size + x) * 4);
      // At the edge only the ground is translucent; sixteen steps of it are enough.
      const alpha = Math.round((read & 255) / 17) * 17;
      const color = alpha === 255 ? read : ((GROUND << 8) | alpha) >>> 0;
      const index = palette.get(color) ?? palette.size;
      palette.set(color, index);
      // Each row begins with its filter: none.
      rows[y * (size + 1) + 1 + x] = index;
    }
  }
  if (palette.size > 256) throw new Error(`${palette.size} colours`);
  const colors = [...palette.keys()];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk(
      'PLTE',
      Buffer.from(colors.flatMap((c) => [c >>> 24, (c >>> 16) & 255, (c >>> 8) & 255])),
    ),
    chunk('tRNS', Buffer.from(colors.map((c) => c & 255))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} type
 * @param {Buffer} content
 */
function chunk(type, content) {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(content.length, 0);
  around.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([around.subarray(0, 4), typed, around.subarray(4)]);
}
