// @ts-check

/** Something cannot be read or written. `key` is a message key, `facts` what the message mentions. */
export class FormatError extends Error {
  /** @param {string} key @param {{readonly [name: string]: string | number}} [facts] */
  constructor(key, facts = {}) {
    super(`${key} ${JSON.stringify(facts)}`);
    this.name = 'FormatError';
    this.key = key;
    this.facts = facts;
  }
}
