package io.happo.core.plan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
  private static byte[] pack(Map<String, String> files) {
    var bytes = new TreeMap<String, byte[]>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(UTF_8)));
    return Archive.pack(bytes);
  }

  private static String content(Archive archive, String file) throws Exception {
    var out = new ByteArrayOutputStream();
    archive.unpack(file, out);
    return out.toString(UTF_8);
  }

  /** What is wrong with it, when it is read and when it is unpacked. */
  private static List<String> problems(byte[] bytes) {
    var bad = catchThrowableOfType(BadArchiveException.class, () -> Archive.read(bytes).verify());
    return bad == null ? List.of() : bad.problems();
  }

  private static void assertProblem(RawZip zip, String problem) {
    assertThat(problems(zip.bytes())).singleElement().asString().contains(problem);
  }

  @Test
  void a_folder_is_packed_and_read_again() throws Exception {
    var bytes = pack(Map.of("check_x", "#!/bin/sh\n", "lib/a/b.pm", "1;".repeat(500), "ä b", ""));
    var archive = Archive.read(bytes);
    archive.verify();
    assertThat(archive.files()).containsExactly("check_x", "lib/a/b.pm", "ä b");
    assertThat(archive.folders()).containsExactly("lib", "lib/a");
    assertThat(content(archive, "check_x")).isEqualTo("#!/bin/sh\n");
    assertThat(content(archive, "lib/a/b.pm")).isEqualTo("1;".repeat(500));
    assertThat(content(archive, "ä b")).isEmpty();
    var none =
        catchThrowableOfType(
            BadArchiveException.class,
            () -> archive.unpack("lib", OutputStream.nullOutputStream()));
    assertThat(none).hasMessage("'lib' is no file of the archive");
  }

  @Test
  void the_same_files_give_the_same_bytes_wherever_and_whenever_they_are_packed() {
    var bytes = pack(Map.of("b", "2", "a", "1"));
    assertThat(pack(new TreeMap<>(Map.of("a", "1", "b", "2")))).isEqualTo(bytes);
    // Without an extra field, where a ZIP has times of the zone that it was made in.
    assertThat(Arrays.copyOfRange(bytes, 10, 14)).isEqualTo(new byte[] {0, 0, 0x41, 0});
    assertThat(Arrays.copyOfRange(bytes, 26, 31)).isEqualTo(new byte[] {1, 0, 0, 0, 'a'});
  }

  @Test
  void what_other_tools_write_is_read() throws Exception {
    var zip =
        new RawZip()
            .add("lib/", "")
            .mode(040755)
            .add("lib/x.py", "x")
            .mode(0100644)
            .add("check", "y")
            .mode(0100755)
            .comment("PK made by hand");
    var archive = Archive.read(zip.bytes());
    archive.verify();
    assertThat(archive.files()).containsExactly("check", "lib/x.py");
    assertThat(archive.folders()).containsExactly("lib");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      textBlock =
          """
          ../x           → has a part that is '..'
          a/../../x      → has a part that is '..'
          ./x            → has a part that is '.'
          a//x           → has a part that is empty
          /etc/passwd    → begins at the root of the disk
          \\\\host\\share  → begins at the root of the disk
          a\\x           → holds '\\'
          C:/x           → holds ':'
          x:stream       → holds ':'
          -rf            → begins with '-'
          a./x           → ends with a point or a blank
          §a §           → ends with a point or a blank
          """)
  void a_name_that_leads_elsewhere_is_refused(String name, String problem) {
    assertProblem(new RawZip().add("good", "").add(name, "x"), problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\0b", "a\u001b[2J", "a\u007f", "a\u0085b"})
  void a_name_with_control_characters_is_refused_and_told_without_them(String name) {
    var problems = problems(new RawZip().add(name, "x").bytes());
    assertThat(problems).singleElement().asString().contains("'a?", "control character");
  }

  @Test
  void a_name_that_no_system_takes_is_refused() {
    assertProblem(new RawZip().add("ä".repeat(128), "x"), "more than 255 bytes");
    assertProblem(new RawZip().add("abc/".repeat(128) + "x", "x"), "more than 512 characters");
    assertProblem(new RawZip().add("a/".repeat(32) + "x", "x"), "too deep");
    assertProblem(new RawZip().add("a\u00e4".getBytes(ISO_8859_1), new byte[1]), "not UTF-8");
    assertProblem(new RawZip().add("", "x"), "without a name");
  }

  @Test
  void names_that_clash_are_refused() {
    assertProblem(new RawZip().add("a", "1").add("a", "2"), "'a' is there twice");
    assertProblem(new RawZip().add("a", "1").add("a/b", "2"), "'a' is a file and a folder");
    assertProblem(new RawZip().add("a/b", "1").add("a", "2"), "'a' is a file and a folder");
    assertProblem(new RawZip().add("a", "1").add("a/", ""), "'a' is a file and a folder");
    assertProblem(new RawZip().add("a", "1").add("A", "2"), "differ in letter case alone");
    assertProblem(new RawZip().add("a/x", "1").add("A/y", "2"), "differ in letter case alone");
  }

  @Test
  void links_and_devices_are_refused() {
    assertProblem(new RawZip().add("a", "/etc/passwd").mode(0120777), "'a' is a link");
    assertProblem(new RawZip().add("a/", "").mode(0120777).add("b", ""), "'a' is a link");
    assertProblem(new RawZip().add("a", "").mode(020666), "neither a file nor a folder");
    assertProblem(new RawZip().add("a", "").mode(040755), "neither a file nor a folder");
  }

  @Test
  void an_archive_that_cannot_be_unpacked_is_refused() {
    var file = new RawZip().add("a", "x");
    assertProblem(new RawZip().add("a", "x").flags(1), "'a' is encrypted");
    assertProblem(new RawZip().add("a", "x").method(12), "packed by method 12");
    assertProblem(new RawZip().add("a", "x").crc(5), "checksum");
    assertProblem(new RawZip().add("a", "x").size(2), "its two sizes differ");
    assertProblem(new RawZip().add("a", "\u0007").method(8), "cannot be inflated");
    assertProblem(new RawZip().add("a/", "x").add("b", ""), "is a folder, and holds data");
    assertProblem(new RawZip().add("a", "x").localName("b"), "another name");
    assertProblem(new RawZip().add("a", "x").at(1), "another name");
    assertProblem(new RawZip().add("a", "x").at(1 << 30), "another name");
    assertProblem(new RawZip().add("a", "x").after("#!/bin/sh\n"), "stands before it");
    assertProblem(new RawZip().add("a", "x").countMore(1), "directory ends too early");
    assertProblem(new RawZip().add("a", "x").countMore(-1), "directory has another size");
    assertProblem(new RawZip().add("a", "x").countMore(0xfffe), "ZIP64");
    assertProblem(new RawZip().add("a", "x").countMore(20_000), "more than 10000");
    assertProblem(new RawZip(), "holds no file");
    assertProblem(new RawZip().add("a/", ""), "holds no file");
    var bytes = file.bytes();
    for (int end = 0; end < bytes.length; end++) {
      assertThat(problems(Arrays.copyOf(bytes, end))).as("%s bytes", end).isNotEmpty();
    }
  }

  @Test
  void data_that_is_another_files_too_is_refused() {
    var first = new RawZip().add("a", "x".repeat(100));
    assertProblem(first.add("a2", "").localName("a2").at(0), "another name");
    // A file within the data of another: the way of bombs that are larger than any ratio.
    var inner = Arrays.copyOf(new RawZip().add("b", "y").bytes(), 32);
    var outer = new RawZip().add(new byte[] {'a'}, inner).add("b", "y").at(31);
    assertProblem(outer, "in that of another");
  }

  @Test
  void data_that_does_not_have_the_size_it_claims_is_refused() {
    var deflated = pack(Map.of("a", "x".repeat(100)));
    int directory = deflated.length - 22 - 46 - 1;
    for (int claimed : new int[] {99, 101}) {
      var bytes = deflated.clone();
      bytes[directory + 24] = (byte) claimed;
      assertThat(problems(bytes)).singleElement().asString().contains("not as large as");
    }
  }

  @Test
  void bombs_are_refused_before_anything_is_unpacked() {
    assertThat(problems(pack(Map.of("a", "0".repeat(30 << 20)))))
        .singleElement()
        .asString()
        .contains("would be 31457280 bytes when unpacked");
    assertThat(problems(pack(Map.of("a", "0".repeat(1 << 20))))).isEmpty();
    assertProblem(new RawZip().add("a", "x").method(8).size(0xffff_fffeL), "would be 4294967294");
    var many = new RawZip();
    for (int i = 0; i < 1_000; i++) {
      many.add(i + "/a/b/c/d/e/f/g/h/i/j/k", "");
    }
    assertProblem(many, "more than 10000 files and folders");
    assertThat(problems(new byte[Archive.MAX_BYTES + 1]))
        .containsExactly("has 8388609 bytes; at most 8388608 are possible");
  }

  @Test
  void all_problems_are_told_at_once() {
    var zip = new RawZip().add("../a", "").add("b", "/").mode(0120777).add("c", "x").flags(1);
    assertThat(problems(zip.bytes())).hasSize(3);
    var many = new RawZip();
    for (int i = 0; i < 100; i++) {
      many.add("../" + i, "");
    }
    assertThat(problems(many.bytes())).hasSize(21).last().isEqualTo("and 80 more problems");
  }

  /** Whatever comes, it is an archive that can be unpacked, or is refused. */
  @Test
  void mutations_of_an_archive_are_read_or_refused() {
    var random = new Random(42);
    var good = pack(Map.of("check_x", "#!/bin/sh\n".repeat(9), "lib/a.pm", "1;", "lib/b", "\0"));
    int read = 0;
    for (int round = 0; round < 20_000; round++) {
      var bytes = good.clone();
      for (int times = random.nextInt(3); times >= 0; times--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        var archive = Archive.read(bytes);
        assertThat(archive.files()).allMatch(path -> Archive.wrongPath(path).isEmpty());
        archive.verify();
        read++;
      } catch (BadArchiveException e) {
        assertThat(e.problems()).isNotEmpty();
      }
    }
    assertThat(read).isGreaterThan(100);
  }
}
