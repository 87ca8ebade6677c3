// The packed data back as texts and arrays; pack.py wrote them.

async function unpack(base64) {
  const bytes = await inflate(bytesOf(base64.trim()));
  const headSize = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headSize)));
  const numbers = {};
  let at = 4 + headSize;
  for (const [name, size, nBytes] of head.arrays) {
    numbers[name] = running(bytes, at, size);
    at += nBytes;
  }
  return { ...head.texts, ...numbers };
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

// Whole numbers from zigzag varints of their differences.
function running(bytes, at, size) {
  const out = new Int32Array(size);
  let last = 0;
  for (let i = 0; i < size; i++) {
    let byte = bytes[at++];
    let zigzag = byte & 127;
    for (let bits = 7; byte > 127; bits += 7) {
      byte = bytes[at++];
      zigzag |= (byte & 127) << bits;
    }
    last += (zigzag >>> 1) ^ -(zigzag & 1);
    out[i] = last;
  }
  return out;
}
