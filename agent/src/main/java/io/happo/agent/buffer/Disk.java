package io.happo.agent.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The files of one directory, as the queue uses them: the seam where tests put a disk that fails,
 * fills up or loses power. {@code list} and {@code read} come from any thread, the rest from one
 * thread at a time.
 */
interface Disk extends Closeable {
  /** What messages call this directory. */
  @Override
  String toString();

  List<String> list() throws IOException;

  /** The whole content. */
  byte[] read(String name) throws IOException;

  /** An empty file, mode 0600; what a crash left under the name is emptied. */
  DiskFile create(String name) throws IOException;

  DiskFile open(String name) throws IOException;

  /** Gives a file another name, at once and over whatever has that name. */
  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /** Makes creations, renames and deletions durable. */
  void sync() throws IOException;

  /** One open file. */
  interface DiskFile extends Closeable {
    void write(byte[] bytes, long position) throws IOException;

    /** Makes what was written durable. */
    void force() throws IOException;

    void truncate(long size) throws IOException;
  }
}
