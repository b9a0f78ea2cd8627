// Reads the .fbs files and turns objects into FlatBuffers and back, as they say. Only what those files use: tables, enums
// of ubyte, strings, scalars, vectors of these, nested buffers.
import { readFileSync } from 'node:fs';
import flatbuffers from 'flatbuffers';

const SCALARS = {
  bool: { bytes: 1, zero: false, add: 'addFieldInt8', push: 'addInt8', read: (bb, at) => bb.readInt8(at) !== 0 },
  ubyte: { bytes: 1, zero: 0, add: 'addFieldInt8', push: 'addInt8', read: (bb, at) => bb.readUint8(at) },
  ushort: { bytes: 2, zero: 0, add: 'addFieldInt16', push: 'addInt16', read: (bb, at) => bb.readUint16(at) },
  int: { bytes: 4, zero: 0, add: 'addFieldInt32', push: 'addInt32', read: (bb, at) => bb.readInt32(at) },
  uint: { bytes: 4, zero: 0, add: 'addFieldInt32', push: 'addInt32', read: (bb, at) => bb.readUint32(at) },
  long: { bytes: 8, zero: 0n, add: 'addFieldInt64', push: 'addInt64', read: (bb, at) => bb.readInt64(at) },
  double: { bytes: 8, zero: 0, add: 'addFieldFloat64', push: 'addFloat64', read: (bb, at) => bb.readFloat64(at) },
};
const FIELD = /^(\w+)\s*:\s*(\[?)(\w+)(\]?)(?:\s*=\s*([^\s(]+))?\s*\(([^)]*)\)$/;

export class Schema {
  #tables = new Map();
  #enums = new Map();

  constructor(files) {
    for (const file of files) {
      this.#parse(readFileSync(file, 'utf8').replace(/\/\/.*$/gm, ''));
    }
  }

  #parse(text) {
    for (const [, name, values] of text.matchAll(/enum\s+(\w+)\s*:\s*ubyte\s*\{([^}]*)\}/g)) {
      this.#enums.set(name, new Map(values.split(',').map((value) => {
        const [label, number] = value.split('=').map((part) => part.trim());
        return [label, Number(number)];
      })));
    }
    for (const [, name, fields] of text.matchAll(/table\s+(\w+)\s*\{([^}]*)\}/g)) {
      this.#tables.set(name, fields.split(';').map((field) => field.trim()).filter(Boolean).map((field) => {
        const [, fieldName, open, type, , ifAbsent, attributes] = FIELD.exec(field);
        return {
          name: fieldName,
          type,
          isVector: open === '[',
          ifAbsent,
          id: Number(/id:\s*(\d+)/.exec(attributes)[1]),
          required: /\brequired\b/.test(attributes),
          nested: /nested_flatbuffer:\s*"(\w+)"/.exec(attributes)?.[1],
        };
      }));
    }
  }

  /** The number of an enum's value. */
  number(type, label) {
    return this.#enums.get(type).get(label);
  }

  /** The bytes of a buffer whose root is this table. */
  encode(table, object) {
    const builder = new flatbuffers.Builder(256);
    builder.finish(this.#table(builder, table, object));
    return builder.asUint8Array();
  }

  /** The object that a buffer with this root holds; fields that are absent have their defaults, or are undefined. */
  decode(table, bytes) {
    const bb = new flatbuffers.ByteBuffer(bytes);
    return this.#read(bb, table, bb.readInt32(0));
  }

  #scalar(field) {
    return this.#enums.has(field.type) ? SCALARS.ubyte : SCALARS[field.type];
  }

  #default(field) {
    if (field.ifAbsent === undefined) {
      return this.#scalar(field).zero;
    }
    if (this.#enums.has(field.type)) {
      return this.number(field.type, field.ifAbsent);
    }
    return field.type === 'long' ? BigInt(field.ifAbsent) : Number(field.ifAbsent.replace('nan', 'NaN'));
  }

  #table(builder, name, object) {
    const fields = this.#tables.get(name);
    const unknown = Object.keys(object).find((key) => !fields.some((field) => field.name === key));
    if (unknown !== undefined) {
      throw new Error(`${name} has no field ${unknown}`);
    }
    // What a table refers to stands before it.
    const references = new Map();
    for (const field of fields) {
      const value = object[field.name];
      if (value === undefined && field.required) {
        throw new Error(`${name}.${field.name} is required`);
      }
      if (value !== undefined && (field.isVector || !this.#scalar(field))) {
        references.set(field, field.isVector ? this.#vector(builder, field, value) : this.#one(builder, field.type, value));
      }
    }
    builder.startObject(fields.length);
    for (const field of fields) {
      if (references.has(field)) {
        builder.addFieldOffset(field.id, references.get(field), 0);
      } else if (object[field.name] !== undefined) {
        builder[this.#scalar(field).add](field.id, object[field.name], this.#default(field));
      }
    }
    return builder.endObject();
  }

  #one(builder, type, value) {
    return type === 'string' ? builder.createString(value) : this.#table(builder, type, value);
  }

  #vector(builder, field, values) {
    if (field.nested) {
      const bytes = this.encode(field.nested, values);
      builder.startVector(1, bytes.length, 8);
      for (let i = bytes.length - 1; i >= 0; i--) {
        builder.addInt8(bytes[i]);
      }
      return builder.endVector();
    }
    const scalar = this.#scalar(field);
    const elements = scalar ? values : values.map((value) => this.#one(builder, field.type, value));
    const bytes = scalar ? scalar.bytes : 4;
    builder.startVector(bytes, elements.length, bytes);
    for (let i = elements.length - 1; i >= 0; i--) {
      builder[scalar ? scalar.push : 'addOffset'](elements[i]);
    }
    return builder.endVector();
  }

  #read(bb, name, position) {
    const object = {};
    for (const field of this.#tables.get(name)) {
      const offset = bb.__offset(position, 4 + 2 * field.id);
      const at = position + offset;
      if (field.isVector) {
        object[field.name] = offset === 0 ? undefined : this.#readVector(bb, field, at);
      } else if (this.#scalar(field)) {
        object[field.name] = offset === 0 ? this.#default(field) : this.#scalar(field).read(bb, at);
      } else {
        object[field.name] = offset === 0 ? undefined : this.#readOne(bb, field.type, at);
      }
    }
    return object;
  }

  #readOne(bb, type, at) {
    return type === 'string' ? bb.__string(at) : this.#read(bb, type, bb.__indirect(at));
  }

  #readVector(bb, field, at) {
    const start = bb.__vector(at);
    const count = bb.__vector_len(at);
    if (field.nested) {
      return count === 0 ? undefined : this.decode(field.nested, bb.bytes().slice(start, start + count));
    }
    const scalar = this.#scalar(field);
    return Array.from({ length: count }, (_, i) => (scalar
      ? scalar.read(bb, start + i * scalar.bytes)
      : this.#readOne(bb, field.type, start + 4 * i)));
  }
}
