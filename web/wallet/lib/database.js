// IndexedDB as three small tables: `meta` (in the clear), `keys` (non-extractable keys), `sealed`.

const NAME = 'staff-passport';
const TABLES = ['meta', 'keys', 'sealed'];

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Database {
  #db;

  static async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const table of TABLES) request.result.createObjectStore(table);
    };
    const database = new Database();
    database.#db = await done(request);
    // Another tab erases everything: this one must let go.
    database.#db.onversionchange = () => database.#db.close();
    return database;
  }

  get(table, key) {
    return done(this.#db.transaction(table).objectStore(table).get(key));
  }

  /** All keys and values of a table. */
  async all(table) {
    const store = this.#db.transaction(table).objectStore(table);
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    return keys.map((key, index) => [key, values[index]]);
  }

  /** Writes and deletes in one transaction: `[[table, key, value]]`, `undefined` deletes. */
  write(changes) {
    const tables = [...new Set(changes.map(([table]) => table))];
    const transaction = this.#db.transaction(tables, 'readwrite', { durability: 'strict' });
    for (const [table, key, value] of changes) {
      const store = transaction.objectStore(table);
      if (value === undefined) store.delete(key);
      else store.put(value, key);
    }
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }

  /** Empties every table. */
  async erase() {
    const transaction = this.#db.transaction(TABLES, 'readwrite', { durability: 'strict' });
    for (const table of TABLES) transaction.objectStore(table).clear();
    await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}
