package io.happo.core.plan;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes ZIPs that no tool would write, by the specification's numbers. */
final class RawZip {
  private static final class Item {
    byte[] name = {};
    byte[] localName = {};
    byte[] data = {};
    int flags;
    int method;
    int mode;
    long size;
    long crc;
    int at = -1;
  }

  private final List<Item> items = new ArrayList<>();
  private byte[] before = {};
  private String comment = "";
  private int countMore;

  private Item last() {
    return items.getLast();
  }

  /** A stored file, or a folder where the name ends with a slash. */
  RawZip add(String name, String data) {
    return add(name.getBytes(StandardCharsets.UTF_8), data.getBytes(StandardCharsets.UTF_8));
  }

  RawZip add(byte[] name, byte[] data) {
    var item = new Item();
    item.name = name;
    item.localName = name;
    item.data = data;
    item.size = data.length;
    var crc = new CRC32();
    crc.update(data);
    item.crc = crc.getValue();
    items.add(item);
    return this;
  }

  /** The next ones are about what was added last. */
  RawZip flags(int flags) {
    last().flags = flags;
    return this;
  }

  RawZip method(int method) {
    last().method = method;
    return this;
  }

  RawZip mode(int mode) {
    last().mode = mode;
    return this;
  }

  RawZip size(long size) {
    last().size = size;
    return this;
  }

  RawZip crc(long crc) {
    last().crc = crc;
    return this;
  }

  RawZip localName(String name) {
    last().localName = name.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** Its data is said to be there. */
  RawZip at(int at) {
    last().at = at;
    return this;
  }

  /** These are about the whole. */
  RawZip after(String begin) {
    before = begin.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  RawZip comment(String text) {
    comment = text;
    return this;
  }

  RawZip countMore(int more) {
    countMore = more;
    return this;
  }

  byte[] bytes() {
    var out = new ByteArrayOutputStream();
    out.writeBytes(before);
    var places = new ArrayList<Integer>();
    for (var item : items) {
      places.add(item.at >= 0 ? item.at : out.size() - before.length);
      numbers(out, 4, 0x04034b50);
      numbers(out, 2, 20, item.flags, item.method);
      numbers(out, 4, 0, item.crc, item.data.length, item.size);
      numbers(out, 2, item.localName.length, 0);
      out.writeBytes(item.localName);
      out.writeBytes(item.data);
    }
    int directory = out.size() - before.length;
    for (int i = 0; i < items.size(); i++) {
      var item = items.get(i);
      numbers(out, 4, 0x02014b50);
      numbers(out, 2, 0x0314, 20, item.flags, item.method);
      numbers(out, 4, 0, item.crc, item.data.length, item.size);
      numbers(out, 2, item.name.length, 0, 0, 0, 0);
      numbers(out, 4, (long) item.mode << 16, places.get(i));
      out.writeBytes(item.name);
    }
    int size = out.size() - before.length - directory;
    numbers(out, 4, 0x06054b50, 0);
    numbers(out, 2, items.size() + countMore, items.size() + countMore);
    numbers(out, 4, size, directory);
    numbers(out, 2, comment.length());
    out.writeBytes(comment.getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** Numbers of so many bytes, the lowest first. */
  private static void numbers(ByteArrayOutputStream out, int bytes, long... numbers) {
    for (long number : numbers) {
      for (int i = 0; i < bytes; i++) {
        out.write((int) (number >>> (8 * i)));
      }
    }
  }
}
