// The packed data back as texts and arrays; pack.py wrote them.

async function unpack(base64) {
  const bytes = await inflate(bytesOf(base64.trim()));
  const headSize = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headSize)));
  const data = head.texts;
  let at = 4 + headSize;
  const next = (size, nBytes, way) => {
    const body = bytes.subarray(at, at + nBytes);
    at += nBytes;
    return () => numbersOf(body, size, way);
  };
  for (const [name, ...told] of head.arrays) laterOn(data, name, next(...told));
  for (const [path, ...told] of head.columns) {
    const last = path.pop();
    const holder = path.reduce((texts, key) => texts[key], data);
    const shared = next(...told);
    const rest = holder[last];
    laterOn(holder, last, () => wholeTexts(rest, shared()));
  }
  return data;
}

// Texts of which each begins with so many letters of the one before.
function wholeTexts(rest, shared) {
  let before = "";
  return rest.map((text, i) => {
    before = before.slice(0, shared[i]) + text;
    return before;
  });
}

// A property that is worked out when it is first asked for: most of the drives are only needed for trying out.
function laterOn(data, name, make) {
  const kept = { configurable: true, enumerable: true };
  const keep = (value) => {
    Object.defineProperty(data, name, { ...kept, writable: true, value });
    return value;
  };
  Object.defineProperty(data, name, { ...kept, get: () => keep(make()), set: keep });
}

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Whole numbers in one of the ways of pack.py: zigzag; 1: their differences; 2: bytes of equal rank together, else varints.
function numbersOf(bytes, size, way) {
  const out = new Int32Array(size);
  if (way & 2) fromPlanes(bytes, out);
  else fromVarints(bytes, out);
  for (let i = 0; i < size; i++) out[i] = (out[i] >>> 1) ^ -(out[i] & 1);
  if (way & 1) for (let i = 1; i < size; i++) out[i] += out[i - 1];
  return out;
}

function fromPlanes(bytes, out) {
  const { length } = out;
  for (let at = 0, bits = 0; at < bytes.length; at += length, bits += 8) {
    for (let i = 0; i < length; i++) out[i] |= bytes[at + i] << bits;
  }
}

function fromVarints(bytes, out) {
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    let byte = bytes[at++];
    let zigzag = byte & 127;
    for (let bits = 7; byte > 127; bits += 7) {
      byte = bytes[at++];
      zigzag |= (byte & 127) << bits;
    }
    out[i] = zigzag;
  }
}
