// The tables of `lib/database.js` in memory.

export class Memory {
  tables = { meta: new Map(), keys: new Map(), sealed: new Map() };

  async get(table, key) {
    return this.tables[table].get(key);
  }

  async all(table) {
    return [...this.tables[table]];
  }

  async write(changes) {
    for (const [table, key, value] of changes) {
      if (value === undefined) this.tables[table].delete(key);
      else this.tables[table].set(key, value);
    }
  }

  async erase() {
    for (const table of Object.values(this.tables)) table.clear();
  }
}
