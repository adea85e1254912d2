package io.happo.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricConfigFileTest {
  @TempDir Path folder;
  private Path path;
  private MetricConfigFile file;

  @BeforeEach
  void open() {
    path = folder.resolve("metrics.yaml");
    file = new MetricConfigFile(path);
  }

  @Test
  void a_missing_an_empty_and_a_commented_out_file_collect_nothing() throws IOException {
    assertThat(file.read()).isEqualTo(MetricConfig.EMPTY);
    Files.writeString(path, "");
    assertThat(file.read()).isEqualTo(MetricConfig.EMPTY);
    Files.writeString(path, "# metrics:\n");
    assertThat(file.read()).isEqualTo(MetricConfig.EMPTY);
    Files.writeString(path, "metrics:\n");
    assertThat(file.read()).isEqualTo(MetricConfig.EMPTY);
  }

  @Test
  void the_file_is_written_as_the_original_writes_it() throws IOException {
    file.write(
        new MetricConfig(
            List.of(
                host("h1", plugin("s_ok", "-a 'b c'"), plugin("p2", "")),
                host("日本: x", plugin("yes", "123"), plugin("a: b # c", "multi\nline")),
                host("n"))));
    assertThat(path)
        .hasContent(
            """
            metrics:
            - hostname: h1
              plugins:
              - plugin_name: s_ok
                plugin_option: -a 'b c'
              - plugin_name: p2
                plugin_option: ""
            - hostname: '日本: x'
              plugins:
              - plugin_name: "yes"
                plugin_option: "123"
              - plugin_name: 'a: b # c'
                plugin_option: |-
                  multi
                  line
            - hostname: "n"
              plugins: []
            """);
    file.write(MetricConfig.EMPTY);
    assertThat(path).hasContent("metrics: []\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "null", "~", "on", "0x1F", "1_000", "-1.5e3", ".5", ".inf", "12:30:45",
            "2026-11-21", "- x", "#c", "a\nb\n", "\n",
        "trailing ", "'quoted'", "\"q\"", "{a}", "[b]", "&x", "*x", "!x", "%x", "@x", "`x", "a: b",
            "tab\there", "\u0007bell", "日本", "😀",
        "--scheme web-01.cpu", "a\r\nb", "x: |-", "? y", "|", ">", "-"
      })
  void every_text_comes_back_as_it_was(String text) throws IOException {
    var config = new MetricConfig(List.of(host(text, plugin("p", text))));
    file.write(config);
    assertThat(file.read()).isEqualTo(config);
  }

  @Test
  void what_was_written_can_be_read_however_large_it_is() throws IOException {
    var plugins = new ArrayList<MetricConfig.Plugin>();
    for (int i = 0; i < 80_000; i++) {
      plugins.add(plugin("metrics-cpu.rb", "--scheme " + i));
    }
    plugins.add(plugin("1" + ":1".repeat(100_000), ""));
    var config = new MetricConfig(List.of(new MetricConfig.Host("h", plugins)));
    file.write(config);
    assertThat(Files.size(path)).isGreaterThan(3L << 20);
    assertThat(file.read()).isEqualTo(config);
  }

  @Test
  void very_long_options_stay_on_one_line() throws IOException {
    var option = "--scheme " + "word ".repeat(100).strip();
    file.write(new MetricConfig(List.of(host("h", plugin("p", option)))));
    assertThat(Files.readAllLines(path)).contains("    plugin_option: " + option);
  }

  @Test
  void numbers_and_booleans_in_the_place_of_texts_are_taken_as_written() throws IOException {
    Files.writeString(
        path,
        "metrics:\n- hostname: 10\n  plugins:\n  - plugin_name: yes\n    plugin_option: 007\n");
    assertThat(file.read()).isEqualTo(new MetricConfig(List.of(host("10", plugin("yes", "007")))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metrics: x\n",
        "- a\n- b\n",
        "metrics:\n- hostname: h\n  plugins: 5\n",
        "metrics:\n- hostname: h\n  plugins:\n  - plugin_option: x\n",
        "metrics:\n\t- bad tab\n",
        "metrics: [\n",
        "metrics: *unknown\n",
        "metric: []\n",
        "metrics:\n- hostname: h\n  plugin: []\n",
        "metrics:\n- hostname: h\n  plugins:\n  - plugin_name: p\n    plugin_options: x\n",
        "metrics:\n- plugins: []\n",
        "metrics:\n- hostname:\n  plugins: []\n",
      })
  void a_file_that_is_wrong_is_told_with_its_name_and_line(String text) throws IOException {
    Files.writeString(path, text);
    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageMatching("(?s).*metrics\\.yaml, line \\d+: .+")
        .hasMessageNotContaining("\n");
  }

  @Test
  void a_misspelled_key_is_told_with_those_that_there_are() throws IOException {
    Files.writeString(path, "metrics:\n- hostname: h\n  plugns: []\n");
    assertThatThrownBy(file::read)
        .hasMessage(path + ", line 3: unknown key 'plugns'; expected hostname or plugins");
  }

  @Test
  void bytes_that_are_no_text_are_told() throws IOException {
    Files.write(path, new byte[] {(byte) 0xC3, (byte) 0x28});
    assertThatThrownBy(file::read).hasMessage(path + " is not UTF-8 text");
  }

  private static MetricConfig.Host host(String name, MetricConfig.Plugin... plugins) {
    return new MetricConfig.Host(name, List.of(plugins));
  }

  private static MetricConfig.Plugin plugin(String name, String option) {
    return new MetricConfig.Plugin(name, option);
  }
}
