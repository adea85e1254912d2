package io.happo.agent.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsFileTest {
  private static final Groups TWO =
      new Groups(
          List.of(new Groups.Group("prod-ag", 3, "app"), new Groups.Group("stg-ag", 2, "web")));

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("autoscaling.yaml");
  }

  @Test
  void no_file_is_told_from_an_empty_one() throws IOException {
    assertThat(GroupsFile.open(path).current()).isEmpty();
    Files.writeString(path, "# none yet\n");
    assertThat(GroupsFile.open(path).current()).contains(Groups.NONE);
    Files.writeString(path, "autoscalings: []\n");
    assertThat(GroupsFile.open(path).current()).contains(Groups.NONE);
  }

  @Test
  void the_file_is_written_as_the_original_writes_it() throws IOException {
    var file = GroupsFile.open(path);
    file.write(TWO);
    assertThat(path)
        .hasContent(
            """
            autoscalings:
            - autoscaling_group_name: prod-ag
              autoscaling_count: 3
              host_prefix: app
            - autoscaling_group_name: stg-ag
              autoscaling_count: 2
              host_prefix: web
            """);
    assertThat(file.current()).contains(TWO);
    assertThat(GroupsFile.open(path).current()).contains(TWO);
    file.write(Groups.NONE);
    assertThat(path).hasContent("autoscalings: []\n");
  }

  @Test
  void who_edits_the_file_need_not_tell_the_agent() throws IOException {
    var file = GroupsFile.open(path);
    assertThat(file.current()).isEmpty();
    GroupsFile.open(path).write(TWO);
    assertThat(file.current()).contains(TWO);
    Files.delete(path);
    assertThat(file.current()).isEmpty();
  }

  @Test
  void an_edit_that_is_wrong_leaves_what_was() throws IOException {
    var file = GroupsFile.open(path);
    file.write(TWO);
    Files.writeString(path, "autoscalings:\n- autoscaling_group_name: x\n");
    assertThat(file.current()).contains(TWO);
    assertThat(file.current()).contains(TWO);
  }

  @Test
  void two_groups_that_would_share_an_alias_are_refused_with_both_names() throws IOException {
    Files.writeString(
        path,
        """
        autoscalings:
        - autoscaling_group_name: sysx-web-a
          autoscaling_count: 2
          host_prefix: ap
        - autoscaling_group_name: sysx-web
          autoscaling_count: 2
          host_prefix: a-ap
        """);
    assertThatThrownBy(() -> GroupsFile.open(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("sysx-web-a (host_prefix ap)")
        .hasMessageContaining("sysx-web (host_prefix a-ap)")
        .hasMessageContaining("sysx-web-a-ap-01");
  }

  @ParameterizedTest
  @CsvSource({
    "'- autoscaling_group_name: g', 'line 2: autoscaling_count is missing, or no whole number'",
    "'- {autoscaling_group_name: g, autoscaling_count: 0, host_prefix: p}', 'line 2: autoscaling_count of g is 0: 1 to 1000'",
    "'- {autoscaling_group_name: g, autoscaling_count: 1}', 'line 2: host_prefix is missing'",
    "'- {autoscaling_group_name: g, count: 1}', 'line 2: unknown key ''count'''",
    "'- {autoscaling_group_name: g, autoscaling_count: 1, host_prefix: p}\n- {autoscaling_group_name: g, autoscaling_count: 1, host_prefix: q}', 'the Auto Scaling group g is there twice'",
  })
  void what_is_wrong_is_told_with_its_line(String groups, String message) throws IOException {
    Files.writeString(path, "autoscalings:\n" + groups + "\n");
    assertThatThrownBy(() -> GroupsFile.open(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "web, web",
    "web-p-01, web",
    "web-p-99, web",
    "web-other, web",
    "webmail,",
    "webmail.example.com,",
    "web-a, web-a",
    "web-a-x-01, web-a",
    "web-a-01, web-a",
    "web-b-01, web",
    "WEB,",
    "x-web,",
  })
  void a_host_belongs_to_a_group_by_its_whole_name(String host, String group) {
    var groups =
        new Groups(
            List.of(
                new Groups.Group("web", 2, "p"),
                new Groups.Group("web-a", 2, "x"),
                new Groups.Group("we", 2, "q")));
    assertThat(groups.ofHost(host).map(Groups.Group::name).orElse(null)).isEqualTo(group);
  }

  @Test
  void an_alias_that_looks_like_another_groups_is_its_own() {
    var groups =
        new Groups(List.of(new Groups.Group("web", 2, "a"), new Groups.Group("web-a", 2, "x")));
    assertThat(groups.ofHost("web-a-01").orElseThrow().name()).isEqualTo("web");
    assertThat(groups.ofHost("web-a-x-01").orElseThrow().name()).isEqualTo("web-a");
  }
}
