import { type FileHandle } from 'node:fs/promises';

/** A top-level box of an MP4 or MOV file (ISO/IEC 14496-12 §4.2). */
export interface Box {
  type: string;
  offset: number;
  size: number;
}

// A sane file has a handful; whoever has hundreds of thousands is not a video.
const MOST_BOXES = 10_000;

/** The file's top-level boxes in order. Stops at the first thing that is no box; reads 16 bytes a box. */
export async function topLevelBoxes(file: FileHandle, fileSize: number): Promise<Box[]> {
  const boxes: Box[] = [];
  const header = Buffer.alloc(16);
  for (let offset = 0; offset + 8 <= fileSize && boxes.length < MOST_BOXES;) {
    await file.read(header, 0, 16, offset);
    const type = header.toString('latin1', 4, 8);
    if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) break;
    const short = header.readUInt32BE(0);
    // 1 = the size is in the next 8 bytes, 0 = the box goes on to the end of the file.
    const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? fileSize - offset : short;
    if (size < 8) break;
    boxes.push({ type, offset, size });
    offset += size;
  }
  return boxes;
}

/** What is wrong with the layout, in words, or null. Meta wants `moov` in front of `mdat` and nothing cut off. */
export function layoutProblem(boxes: Box[], fileSize: number): string | null {
  const last = boxes.at(-1);
  if (boxes[0]?.type !== 'ftyp' || !last) return 'not an MP4 or MOV file (no ftyp box at the front)';
  const moov = boxes.find((box) => box.type === 'moov');
  const mdat = boxes.find((box) => box.type === 'mdat');
  const cutOff = boxes.find((box) => box.offset + box.size > fileSize);
  if (cutOff) return `the file is truncated inside its ${cutOff.type} box`;
  if (last.offset + last.size < fileSize) return 'other bytes stand behind the last box';
  if (!moov) return 'there is no moov atom';
  if (!mdat) return 'there is no media data (mdat)';
  return moov.offset > mdat.offset ? 'the moov atom is not at the front of the file' : null;
}
