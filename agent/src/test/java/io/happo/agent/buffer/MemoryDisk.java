package io.happo.agent.buffer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that can fail, fill up and lose power. What was not forced may or may not
 * outlive a loss of power, each write and each name on its own.
 */
final class MemoryDisk implements Disk {
  /** Asked before every change; throws what the change is to fail with. */
  interface Fault {
    void before(String operation, String name) throws IOException;
  }

  /** The machine is off; nothing that comes later does anything. */
  static final class PowerLost extends RuntimeException {
    PowerLost() {
      super("power lost");
    }
  }

  private static final class Node {
    byte[] content = new byte[0];
    byte[] forced = new byte[0];
    final List<byte[]> sinceForce = new ArrayList<>(); // content after each write since

    void set(byte[] bytes) {
      content = bytes;
      sinceForce.add(bytes);
    }
  }

  private final Map<String, Node> names = new TreeMap<>();
  private Map<String, Node> syncedNames = new TreeMap<>();
  private Fault fault = (operation, name) -> {};
  private long capacityBytes = Long.MAX_VALUE;
  private int forces;
  private int changes;

  synchronized void fault(Fault newFault) {
    fault = newFault;
  }

  synchronized void capacity(long bytes) {
    capacityBytes = bytes;
  }

  synchronized int forces() {
    return forces;
  }

  /** Changes asked for so far. */
  synchronized int changes() {
    return changes;
  }

  synchronized long bytes() {
    return names.values().stream().mapToLong(node -> node.content.length).sum();
  }

  synchronized void put(String name, byte[] content) {
    Node node = new Node();
    node.content = content.clone();
    node.forced = node.content;
    names.put(name, node);
    syncedNames.put(name, node);
  }

  /** All files as they are now. */
  synchronized Map<String, byte[]> copy() {
    Map<String, byte[]> copy = new TreeMap<>();
    names.forEach((name, node) -> copy.put(name, node.content));
    return copy;
  }

  /** These files, and no others. */
  synchronized void restore(Map<String, byte[]> files) {
    names.clear();
    syncedNames.clear();
    files.forEach(this::put);
  }

  /** What a machine finds that is switched on again. */
  synchronized MemoryDisk afterPowerLoss(RandomGenerator random) {
    MemoryDisk found = new MemoryDisk();
    Map<String, Node> all = new TreeMap<>(names);
    all.putAll(syncedNames);
    for (String name : all.keySet()) {
      boolean synced = Objects.equals(names.get(name), syncedNames.get(name));
      Node node = synced || random.nextBoolean() ? names.get(name) : syncedNames.get(name);
      if (node != null) {
        found.put(name, survived(node, random));
      }
    }
    return found;
  }

  private static byte[] survived(Node node, RandomGenerator random) {
    if (node.sinceForce.isEmpty() || random.nextBoolean()) {
      return node.forced;
    }
    byte[] written = node.sinceForce.get(random.nextInt(node.sinceForce.size()));
    if (written.length <= node.forced.length) {
      return written;
    }
    // Of what was added: a part, sometimes with a hole in it.
    int added = written.length - node.forced.length;
    byte[] part = Arrays.copyOf(written, node.forced.length + random.nextInt(added + 1));
    if (random.nextInt(3) == 0 && part.length > node.forced.length) {
      int from = random.nextInt(node.forced.length, part.length);
      Arrays.fill(part, from, random.nextInt(from, part.length) + 1, (byte) 0);
    }
    return part;
  }

  @Override
  public String toString() {
    return "memory";
  }

  @Override
  public synchronized List<String> list() {
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized byte[] read(String name) throws IOException {
    return node(name).content.clone();
  }

  @Override
  public DiskFile create(String name) throws IOException {
    change("create", name);
    synchronized (this) {
      Node node = new Node();
      names.put(name, node);
      return new OpenFile(name, node);
    }
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    return new OpenFile(name, node(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change("rename", to);
    synchronized (this) {
      names.put(to, node(from));
      names.remove(from);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    change("delete", name);
    synchronized (this) {
      names.remove(name);
    }
  }

  @Override
  public void sync() throws IOException {
    change("sync", ".");
    synchronized (this) {
      syncedNames = new TreeMap<>(names);
    }
  }

  @Override
  public void close() {}

  private void change(String operation, String name) throws IOException {
    Fault present;
    synchronized (this) {
      changes++;
      present = fault;
    }
    present.before(operation, name); // outside the lock: it may wait
  }

  private Node node(String name) throws FileNotFoundException {
    Node node = names.get(name);
    if (node == null) {
      throw new FileNotFoundException(name);
    }
    return node;
  }

  private final class OpenFile implements DiskFile {
    private final String name;
    private final Node node;

    OpenFile(String name, Node node) {
      this.name = name;
      this.node = node;
    }

    @Override
    public void write(byte[] bytes, long position) throws IOException {
      IOException failure = null;
      try {
        change("write", name);
      } catch (IOException e) {
        failure = e;
      }
      synchronized (MemoryDisk.this) {
        int at = (int) position;
        int grown = Math.max(0, at + bytes.length - node.content.length);
        long room = capacityBytes - bytes();
        int fits = grown <= room ? bytes.length : Math.max(0, bytes.length - grown + (int) room);
        int written = failure == null ? fits : fits / 2; // a failing write leaves a part
        byte[] content = Arrays.copyOf(node.content, Math.max(node.content.length, at + written));
        System.arraycopy(bytes, 0, content, at, written);
        node.set(content);
        if (failure != null) {
          throw failure;
        }
        if (fits < bytes.length) {
          throw new IOException("No space left on device");
        }
      }
    }

    @Override
    public void force() throws IOException {
      change("force", name);
      synchronized (MemoryDisk.this) {
        forces++;
        node.forced = node.content;
        node.sinceForce.clear();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      change("truncate", name);
      synchronized (MemoryDisk.this) {
        node.set(Arrays.copyOf(node.content, (int) size));
      }
    }

    @Override
    public void close() {}
  }
}
