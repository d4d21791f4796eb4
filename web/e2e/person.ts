/** Somebody in front of the page: does and sees what a person does and sees. */
import type { Locator, Page } from '@playwright/test';

export class Person {
  readonly page: Page;
  /** Addresses of the WebSockets that the page has opened, and that have answered. */
  readonly webSockets = new Set<string>();
  /** Requests of long-polling that the page has made. */
  polls = 0;

  constructor(page: Page) {
    this.page = page;
    page.on('websocket', (socket) => {
      socket.on('framereceived', () => this.webSockets.add(socket.url()));
    });
    page.on('request', (request) => {
      if (request.url().includes('transport=polling')) this.polls += 1;
    });
  }

  async comeIn(name: string): Promise<void> {
    const form = this.page.locator('.welcome form');
    await form.locator('input[name=name]').fill(name);
    await form.getByRole('button').click();
    await this.page.getByTestId('me').waitFor();
  }

  async enter(room: string): Promise<void> {
    await this.page.locator('input[name=room]').fill(room);
    await this.page.locator('input[name=room]').press('Enter');
    await this.page.getByTestId('count').waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.locator('.composer textarea').fill(text);
    await this.page.locator('.composer button').click();
  }

  /** The texts in the log, in order, each as often as it is shown. */
  texts(): Promise<string[]> {
    return this.page.getByTestId('text').allInnerTexts();
  }

  /** The marks on messages that are not acknowledged. */
  get pending(): Locator {
    return this.page.getByTestId('state');
  }

  get strip(): Locator {
    return this.page.getByTestId('strip');
  }

  get count(): Locator {
    return this.page.getByTestId('count');
  }
}
