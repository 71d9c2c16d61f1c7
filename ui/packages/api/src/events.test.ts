import { expect, test } from 'vitest';
import { readEvent } from './events.ts';

const MESSAGE = {
  id: 'm1',
  channel_id: 'c1',
  seq: 7,
  sender_id: null,
  sender_device_id: null,
  content: 'Hello',
  content_type: 'text',
  protocol_version: 1,
  reply_to_id: null,
  reply_to: null,
  attachments: [],
  edited_at: null,
  created_at: '2026-11-22T12:00:00+00:00',
};

test('a known event is passed on as it came, from text or as an object', () => {
  const event = { type: 'message.new', message: MESSAGE, newer: 'member' };
  expect(readEvent(JSON.stringify(event))).toEqual(event);
  expect(readEvent(event)).toEqual(event);
});

test('a known type without what we build on is no such event', () => {
  expect(readEvent({ type: 'message.new', message: { id: 'm1' } })).toEqual({
    type: 'other',
    kind: 'message.new',
  });
});

test('an unknown type is a sign that something changed', () => {
  expect(readEvent('{"type":"settings.changed","key":"x","value":1}')).toEqual({
    type: 'other',
    kind: 'settings.changed',
  });
});

test.each(['', 'hello', '[]', 'null', '{"error":"Invalid JSON"}', '{"type":7}'])('%j is nothing', (text) => {
  expect(readEvent(text)).toBeNull();
});
