package io.happo.agent.orders;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.happo.core.Sha256;
import io.happo.core.plan.Archive;
import io.happo.core.plan.BadArchiveException;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Work;
import io.happo.program.keys.SigningKey;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives in the agent's folder of bundles; scripts are there as well. */
class BundleFolderTest {
  private static final Map<String, String> FILES =
      Map.of("check_x", "#!/bin/sh\necho x\n", "lib/deep/x.pm", "1;", "empty", "");

  @TempDir Path home;
  private Path folder;
  private BundleFolder bundles;
  private SigningKey key;
  private Optional<byte[]> signer;
  private final AtomicInteger fetched = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    folder = home.resolve("bundles");
    bundles = new BundleFolder(folder);
    key = SigningKey.open(home.resolve("hub.key"));
    signer = Optional.of(Base64.getDecoder().decode(key.publicKey()));
  }

  static byte[] pack(Map<String, String> files) {
    var bytes = new TreeMap<String, byte[]>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(UTF_8)));
    return Archive.pack(bytes);
  }

  private Bundle bundle(byte[] bytes, Bundle.Kind kind) {
    return new Bundle(
        Sha256.of(bytes),
        "plugins",
        kind,
        bytes.length,
        Base64.getEncoder().encodeToString(key.sign(bytes)));
  }

  private Bundle fetch(byte[] bytes) throws Exception {
    var bundle = bundle(bytes, Bundle.Kind.ARCHIVE);
    fetch(bundle, bytes);
    return bundle;
  }

  private void fetch(Bundle bundle, byte[] bytes) throws Exception {
    bundles.fetch(
        bundle,
        _ -> {
          fetched.incrementAndGet();
          return bytes;
        },
        signer);
  }

  private Path file(Bundle bundle, String path) {
    return bundles.archive(bundle.sha256()).orElseThrow().resolve(path);
  }

  private List<Path> left() throws IOException {
    try (var all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void an_archive_is_unpacked_for_the_agents_user_alone() throws Exception {
    var bundle = fetch(pack(FILES));
    for (var file : FILES.entrySet()) {
      assertThat(file(bundle, file.getKey())).hasContent(file.getValue());
    }
    for (var path : List.of("", "check_x", "lib", "lib/deep", "lib/deep/x.pm")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(bundle, path))))
          .isEqualTo("rwx------");
    }
    assertThat(bundles.digests()).containsExactly(bundle.sha256());
    assertThat(bundles.script(bundle.sha256())).isEmpty();
    assertThat(bundles.isForeign(bundle, signer)).isFalse();
    fetch(pack(FILES));
    assertThat(fetched).hasValue(1);
  }

  @Test
  void a_plugin_is_there_or_lacking() throws Exception {
    var bundle = fetch(pack(FILES));
    assertThat(bundles.lacks(new Work.Packed(bundle.sha256(), "lib/deep/x.pm", List.of())))
        .isFalse();
    assertThat(bundles.lacks(new Work.Packed(bundle.sha256(), "lib/deep", List.of()))).isTrue();
    assertThat(bundles.lacks(new Work.Packed(bundle.sha256(), "check_y", List.of()))).isTrue();
  }

  @Test
  void an_archive_that_reaches_out_of_its_folder_leaves_nothing() {
    for (var name : List.of("../x", "/tmp/x", "a\\x", "C:/x", "a\nb")) {
      var bytes = pack(Map.of("good", "1", name, "2"));
      var bad = catchThrowableOfType(BadArchiveException.class, () -> fetch(bytes));
      assertThat(bad.problems()).singleElement().asString().contains("is no path of a file");
      assertThat(folder).doesNotExist();
    }
    assertThat(home.resolve("x")).doesNotExist();
  }

  @Test
  void what_is_no_archive_or_is_not_signed_leaves_nothing() throws Exception {
    assertThatThrownBy(() -> fetch("#!/bin/sh\n".getBytes(UTF_8)))
        .isInstanceOf(BadArchiveException.class)
        .hasMessageContaining("is no ZIP");
    var bytes = pack(FILES);
    var other = SigningKey.open(home.resolve("other.key"));
    var forged =
        new Bundle(
            Sha256.of(bytes),
            "plugins",
            Bundle.Kind.ARCHIVE,
            bytes.length,
            Base64.getEncoder().encodeToString(other.sign(bytes)));
    assertThatThrownBy(() -> fetch(forged, bytes)).hasMessageContaining("is not signed by the hub");
    var wrong = bundle(pack(Map.of("a", "b")), Bundle.Kind.ARCHIVE);
    assertThatThrownBy(() -> fetch(wrong, bytes)).hasMessageContaining("other bytes");
    assertThat(folder).doesNotExist();
  }

  @Test
  void a_changed_archive_is_noticed_and_fetched_again() throws Exception {
    var bytes = pack(FILES);
    var bundle = fetch(bytes);
    interface Damage {
      void on(Path files) throws IOException;
    }
    var damages =
        List.<Damage>of(
            files -> Files.writeString(files.resolve("check_x"), "#!/bin/sh\necho y\n"),
            files -> Files.writeString(files.resolve("check_x"), "#!/bin/sh\necho x\n "),
            files -> Files.writeString(files.resolve("empty"), "x"),
            files -> Files.writeString(files.resolve("check_x"), ""),
            files -> Files.delete(files.resolve("lib/deep/x.pm")),
            files ->
                Files.setPosixFilePermissions(
                    files.resolve("check_x"), PosixFilePermissions.fromString("---------")),
            files -> {
              Files.move(files.resolve("lib"), files.resolve("lib2"));
              Files.createSymbolicLink(files.resolve("lib"), Path.of("lib2"));
            },
            files -> Files.delete(files.resolveSibling("archive.zip")),
            files -> Files.write(files.resolveSibling("archive.zip"), pack(Map.of("a", "b"))));
    for (var damage : damages) {
      damage.on(file(bundle, ""));
      assertThat(bundles.isForeign(bundle, signer)).isTrue();
      int before = fetched.get();
      fetch(bundle, bytes);
      assertThat(fetched).hasValue(before + 1);
      assertThat(bundles.isForeign(bundle, signer)).isFalse();
    }
    // What a plugin writes beside itself is its own business.
    Files.writeString(file(bundle, "state.json"), "{}");
    assertThat(bundles.isForeign(bundle, signer)).isFalse();
  }

  @Test
  void an_archive_that_came_unsigned_is_not_used_when_a_signature_is_needed() throws Exception {
    var bytes = pack(FILES);
    var unsigned = new Bundle(Sha256.of(bytes), "plugins", Bundle.Kind.ARCHIVE, bytes.length, "");
    bundles.fetch(unsigned, _ -> bytes, Optional.empty());
    assertThat(bundles.isForeign(unsigned, Optional.empty())).isFalse();
    assertThat(bundles.isForeign(unsigned, signer)).isTrue();
  }

  @Test
  void what_no_plan_needs_is_removed_with_all_that_is_in_it() throws Exception {
    var old = fetch(pack(FILES));
    Files.createDirectories(file(old, "made/by/plugin"));
    Files.createSymbolicLink(file(old, "link"), home);
    var kept = fetch(pack(Map.of("check_y", "y")));
    Files.createDirectories(folder.resolve(ArchiveFolder.UNFINISHED).resolve("files/a"));
    bundles.keep(Set.of(kept.sha256()));
    assertThat(left()).containsExactly(folder.resolve(kept.sha256()));
    assertThat(home.resolve("hub.key")).exists();
  }

  @Test
  void a_full_disk_leaves_nothing_half_and_the_next_try_succeeds() throws Exception {
    var bytes = pack(FILES);
    var home = folder.resolve(Sha256.of(bytes));
    var opened = new AtomicInteger();
    var full =
        new ArchiveFolder(
            folder,
            file ->
                new FileOutputStream(
                    opened.incrementAndGet() < 3 ? file.toFile() : Path.of("/dev/full").toFile()));
    assertThatThrownBy(() -> full.unpack(home, bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device");
    assertThat(opened.get()).isGreaterThanOrEqualTo(3);
    assertThat(left()).isEmpty();
    var bundle = fetch(bytes);
    assertThat(bundles.isForeign(bundle, signer)).isFalse();
  }

  @Test
  void what_a_killed_agent_left_unfinished_is_no_bundle_and_in_nobodys_way() throws Exception {
    Files.createDirectories(folder.resolve(ArchiveFolder.UNFINISHED).resolve("files/lib"));
    Files.createDirectories(folder.resolve(Sha256.of(pack(FILES))));
    var bundle = fetch(pack(FILES));
    assertThat(bundles.digests()).containsExactly(bundle.sha256());
    assertThat(left()).containsExactly(folder.resolve(bundle.sha256()));
  }

  @Test
  void a_script_is_still_one_file_that_can_be_run() throws Exception {
    var bytes = "#!/bin/sh\n".getBytes(UTF_8);
    var bundle = bundle(bytes, Bundle.Kind.SCRIPT);
    fetch(bundle, bytes);
    assertThat(bundles.script(bundle.sha256())).hasValueSatisfying(Files::isExecutable);
    assertThat(bundles.archive(bundle.sha256())).isEmpty();
    bundles.keep(Set.of());
    assertThat(left()).isEmpty();
  }
}
