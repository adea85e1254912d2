package io.happo.agent.buffer;

import io.happo.agent.buffer.Disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.locks.Lock;
import java.util.zip.CRC32C;

/**
 * What was sent from memory and not acknowledged, in the file {@code held}, once the disk takes
 * something again: as it was sent, since the hub may have it, and knows it by that name. The first
 * line is the CRC-32C of what follows, 8 hexadecimal digits. Any thread.
 */
final class HeldFile {
  private static final System.Logger LOG = System.getLogger(HeldFile.class.getName());
  private static final String FILE = "held";
  private static final String TEMPORARY = "held.tmp";

  private final Disk disk;
  private String there = "";

  private HeldFile(Disk disk) {
    this.disk = disk;
  }

  /**
   * Reads what is there.
   *
   * @throws StoreDamaged when it is not what was written
   */
  static HeldFile open(Disk disk) throws IOException {
    HeldFile file = new HeldFile(disk);
    if (disk.list().contains(FILE)) {
      String all = new String(disk.read(FILE), StandardCharsets.UTF_8);
      file.there = all.substring(all.indexOf('\n') + 1);
      if (!all.equals(checked(file.there))) {
        throw new StoreDamaged(FILE, disk + ": " + FILE + " is damaged");
      }
    }
    return file;
  }

  private static String checked(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue()) + "\n" + text;
  }

  /** What it holds; empty when there is no file. */
  synchronized String text() {
    return there;
  }

  /**
   * Makes what was sent what it holds; durable on return, if there is room. Else the next one tries
   * again.
   *
   * @param lock under which all of {@code unwritten} is
   */
  synchronized void keep(Unwritten unwritten, Lock lock) {
    String sent;
    lock.lock();
    try {
      sent = unwritten.sent();
    } finally {
      lock.unlock();
    }
    try {
      write(sent);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "what was sent from memory is there alone", e);
    }
  }

  private void write(String text) throws IOException {
    if (text.equals(there)) {
      return;
    }
    if (text.isEmpty()) {
      disk.delete(FILE);
    } else {
      try (DiskFile file = disk.create(TEMPORARY)) {
        file.write(checked(text).getBytes(StandardCharsets.UTF_8), 0);
        file.force();
      }
      disk.rename(TEMPORARY, FILE);
    }
    disk.sync();
    there = text;
  }
}
