package io.happo.agent.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.machine.MadeMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With a database that rpm 4.18 made in SQLite: 15 packages, of which one was removed and one has a
 * description that fills pages. Its ndb is made here, as lib/backend/ndb/rpmpkg.c of rpm reads it.
 */
class RpmDatabaseTest {
  private static final String SQLITE = "/usr/lib/sysimage/rpm/rpmdb.sqlite";
  private static final String NDB = "/var/lib/rpm/Packages.db";

  @TempDir Path folder;
  private MadeMachine machine;

  @BeforeEach
  void begin() {
    machine = new MadeMachine(folder, new Lists());
  }

  private static byte[] sqlite() throws IOException {
    try (var in = RpmDatabaseTest.class.getResourceAsStream("/lists/rpmdb.sqlite.gz")) {
      if (in == null) {
        throw new IOException("there is no lists/rpmdb.sqlite.gz");
      }
      return new GZIPInputStream(in).readAllBytes();
    }
  }

  @Test
  void packages_in_sqlite_are_those_that_rpm_itself_lists() throws IOException {
    machine.with(SQLITE, sqlite());
    var parts = new StringBuilder();
    for (int part : new int[] {1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9}) {
      parts.append("part" + part + " 1." + part + "-1.el9 noarch\n");
    }
    assertThat(machine.says("list_packages"))
        .isEqualTo("0: large 2:2.3~rc1-1.el9 noarch\n" + parts + "small 1.0-1.el9 noarch");
  }

  @Test
  void database_that_is_being_changed_is_left_alone() throws IOException {
    machine.with(SQLITE, sqlite()).with(SQLITE + "-wal", "");
    assertThat(machine.says("list_packages")).startsWith("0: large");
    machine.with(SQLITE + "-wal", "changes");
    assertThat(machine.says("list_packages")).startsWith("3: UNKNOWN - rpm is at work");
  }

  /** Whatever stands in it: no fault, no loop without an end. */
  @Test
  void damaged_database_is_told_or_read_as_far_as_it_makes_sense() throws IOException {
    var whole = sqlite();
    var random = new Random(7);
    for (int i = 0; i < 300; i++) {
      var damaged = whole.clone();
      for (int n = 0; n < 20; n++) {
        // The first pages are those of the schema and of the tree's root.
        damaged[random.nextInt(i % 2 == 0 ? 12_288 : damaged.length)] = (byte) random.nextInt();
      }
      machine.with(SQLITE, damaged);
      assertThat(machine.says("list_packages")).doesNotContain("fault").matches("(?s)[03]: .*");
    }
    machine.with(SQLITE, new byte[200]);
    assertThat(machine.says("list_packages")).contains("is no database of SQLite");
    machine.with(SQLITE, "short");
    assertThat(machine.says("list_packages"))
        .startsWith("3: UNKNOWN - the packages cannot be read");
  }

  /**
   * A number of nine bytes is negative when its first bit is set; what is left of it as an int is
   * not, and would take two gigabytes.
   */
  @Test
  void negative_lengths_take_no_memory() throws IOException {
    byte[] negative = {-1, -1, -1, -1, -1, -1, -1, -1, -1};
    negative[4] = (byte) 0x83;
    int row = 32 * 4_096 + 3_982; // The first of the schema, in page 33.
    var damaged = sqlite();
    System.arraycopy(negative, 0, damaged, row, 9);
    machine.with(SQLITE, damaged);
    assertThat(machine.says("list_packages"))
        .endsWith("rpmdb.sqlite is not understood: a row has no length");
    int columns = row + 3; // Behind its length and number, and the length of the columns' kinds.
    damaged = sqlite();
    System.arraycopy(negative, 0, damaged, columns, 9);
    machine.with(SQLITE, damaged);
    assertThat(machine.says("list_packages")).startsWith("3: ").contains("a column has no length");
  }

  private static byte[] header(String name, int epoch) {
    var values = (name + "\0001.2\0003\0x86_64\0").getBytes(StandardCharsets.US_ASCII);
    int at = (name + "\0").length();
    var header = ByteBuffer.allocate(8 + 5 * 16 + values.length + 4);
    header.putInt(5).putInt(values.length + 4);
    header.putInt(1000).putInt(6).putInt(0).putInt(1);
    header.putInt(1001).putInt(6).putInt(at).putInt(1);
    header.putInt(1002).putInt(6).putInt(at + 4).putInt(1);
    header.putInt(epoch < 0 ? 1004 : 1003).putInt(4).putInt(values.length).putInt(1);
    header.putInt(1022).putInt(6).putInt(at + 6).putInt(1);
    return header.put(values).putInt(epoch).array();
  }

  private static ByteBuffer ndb(byte[]... headers) {
    var file = ByteBuffer.allocate(16_384).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RpmP".getBytes(StandardCharsets.US_ASCII)).putInt(0).putInt(9).putInt(1).putInt(4);
    for (int slot = 2; slot < 256; slot++) {
      file.put(slot * 16, "Slot".getBytes(StandardCharsets.US_ASCII));
    }
    for (int i = 0; i < headers.length; i++) {
      int block = 256 + i * 32;
      file.putInt((3 + 2 * i) * 16 + 4, i + 1).putInt((3 + 2 * i) * 16 + 8, block);
      file.putInt((3 + 2 * i) * 16 + 12, 32);
      file.put(block * 16, "BlbS".getBytes(StandardCharsets.US_ASCII))
          .putInt(block * 16 + 4, i + 1);
      file.putInt(block * 16 + 12, headers[i].length).put(block * 16 + 16, headers[i]);
    }
    return file;
  }

  @Test
  void packages_in_ndb_are_listed() throws IOException {
    machine.with(NDB, ndb(header("zypper", -1), header("bash", 2)).array());
    assertThat(machine.says("list_packages"))
        .isEqualTo("0: bash 2:1.2-3 x86_64\nzypper 1.2-3 x86_64");
    machine.with(NDB, ndb(header("zypper", -1)).put(4, (byte) 1).array());
    assertThat(machine.says("list_packages"))
        .contains("Packages.db is not understood: it is no ndb");
    machine.with(NDB, ndb(header("zypper", -1)).put(4_096, (byte) 1).array());
    assertThat(machine.says("list_packages")).contains("where a package is to be there is none");
    machine.with(NDB, ndb(new byte[] {0, 0, 1, 0, 0, 0}).array());
    assertThat(machine.says("list_packages")).contains("it is damaged");
  }

  @Test
  void database_of_berkeley_is_left_to_rpm() throws IOException {
    machine.with("/var/lib/rpm/Packages", "x");
    assertThat(machine.says("list_packages"))
        .startsWith("3: UNKNOWN - the packages of this rpm (in /var/lib/rpm/Packages, ")
        .contains("rpm -qa");
  }
}
