package io.happo.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.hub.fleet.PlanEdit.Section;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents before and after; single quotes stand for double ones. */
class PlanEditTest {
  private static final String PLAN =
      "{'a.yaml':{'checks':[{'name':'x','every':'1m'},{'every':'2m','name':7,'script':'s.sh'}],"
          + "'alerts':null},"
          + "'b.yaml':{'alerts':[{'name':'r','tell':'ops'}],'checks':[{'name':'y','script':'#!'}]},"
          + "'scripts':{'scripts':{'s.sh':'old','t.sh':'other'}}}";

  private static JsonObject object(String json) throws JsonException {
    return (JsonObject) Json.parse(json.replace('\'', '"'));
  }

  private static SortedMap<String, JsonValue> files(String json) throws JsonException {
    return PlanFiles.read(object(json));
  }

  private static String shown(SortedMap<String, JsonValue> files) {
    return PlanFiles.toJson(files).replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // What is there is replaced in its place, whatever its name was written as.
        "x | {'name':'x','every':'5m'} |   | {'name':'x','every':'1m'} | {'name':'x','every':'5m'}",
        "x | {'every':'5m'}            |   | {'name':'x','every':'1m'} | {'name':'x','every':'5m'}",
        "x | {'name':null,'a':1}       |   | {'name':'x','every':'1m'} | {'name':'x','a':1}",
        "7 | {'cron':'* * * * *'}      |   | {'every':'2m','name':7,'script':'s.sh'} | {'name':'7','cron':'* * * * *'}",
        "x | {'name':'z'}              |   | {'name':'x','every':'1m'} | {'name':'z'}",
        "y | {'name':'y','a':1}        | b.yaml | {'name':'y','script':'#!'} | {'name':'y','a':1}",
        // Moved into another document.
        "y | {'a':1} | a.yaml | 's.sh'}],'alerts':null},'b.yaml':{'alerts':[{'name':'r','tell':'ops'}],'checks':[{'name':'y','script':'#!'}]} "
            + "| 's.sh'},{'name':'y','a':1}],'alerts':null},'b.yaml':{'alerts':[{'name':'r','tell':'ops'}],'checks':[]}",
        // Added.
        "n | {'a':1} |        | 't.sh':'other'} | 't.sh':'other'}},'web.yaml':{'checks':[{'name':'n','a':1}]",
        "n | {'a':1} | b.yaml | {'name':'y','script':'#!'} | {'name':'y','script':'#!'},{'name':'n','a':1}",
        "n | {'name':'m'} | scripts | 't.sh':'other'} | 't.sh':'other'},'checks':[{'name':'m'}]",
      })
  void a_check_is_set(String name, String check, String file, String before, String after)
      throws Exception {
    var edited =
        PlanEdit.setCheck(
            files(PLAN), name, object(check), file == null ? "" : file, Optional.empty());
    assertThat(shown(edited)).isEqualTo(PLAN.replace(before, after));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // A name among the scripts: the text is replaced there, in whichever document.
        "x | {'script':'s.sh','every':'1m'} | {'name':'x','script':'s.sh','every':'1m'} | 'new'",
        // Anything else: the check's own.
        "x | {'script':'u.sh','every':'1m'} | {'name':'x','script':'new','every':'1m'}  | 'old'",
        "x | {'script':'#!/x','every':'1m'} | {'name':'x','script':'new','every':'1m'}  | 'old'",
        "x | {'every':'1m'}                 | {'name':'x','every':'1m','script':'new'}  | 'old'",
      })
  void the_text_of_a_script_goes_where_the_check_keeps_it(
      String name, String check, String after, String script) throws Exception {
    var edited = PlanEdit.setCheck(files(PLAN), name, object(check), "", Optional.of("new"));
    assertThat(shown(edited))
        .isEqualTo(PLAN.replace("{'name':'x','every':'1m'}", after).replace("'old'", script));
  }

  @Test
  void a_check_is_the_first_of_a_plan() throws Exception {
    for (var empty : new String[] {"{}", "{'web.yaml':null}", "{'web.yaml':{'checks':null}}"}) {
      var edited = PlanEdit.setCheck(files(empty), "a", object("{'b':1}"), "", Optional.empty());
      assertThat(shown(edited)).isEqualTo("{'web.yaml':{'checks':[{'name':'a','b':1}]}}");
    }
  }

  @Test
  void a_rule_is_set_and_a_new_one_goes_where_rules_are() throws Exception {
    var rule = object("{'tell':'boss'}");
    assertThat(shown(PlanEdit.setRule(files(PLAN), "r", rule)))
        .isEqualTo(PLAN.replace("'ops'", "'boss'"));
    assertThat(shown(PlanEdit.setRule(files(PLAN), "q", rule)))
        .isEqualTo(PLAN.replace("'ops'}", "'ops'},{'name':'q','tell':'boss'}"));
    assertThat(shown(PlanEdit.setRule(files("{'a.yaml':{'checks':[]}}"), "q", rule)))
        .isEqualTo(
            "{'a.yaml':{'checks':[]},'alerts.yaml':{'alerts':[{'name':'q','tell':'boss'}]}}");
  }

  @Test
  void one_is_taken_out_and_what_is_not_there_is_not() throws Exception {
    var files = files(PLAN);
    assertThat(PlanEdit.remove(files, Section.CHECKS, "x").map(PlanEditTest::shown))
        .hasValue(PLAN.replace("{'name':'x','every':'1m'},", ""));
    assertThat(PlanEdit.remove(files, Section.ALERTS, "r").map(PlanEditTest::shown))
        .hasValue(PLAN.replace("{'name':'r','tell':'ops'}", ""));
    assertThat(PlanEdit.remove(files, Section.CHECKS, "r")).isEmpty();
    assertThat(PlanEdit.remove(files, Section.ALERTS, "x")).isEmpty();
    assertThat(PlanEdit.names(files, Section.CHECKS)).containsExactly("x", "7", "y");
    assertThat(shown(files)).as("what went in is as it was").isEqualTo(PLAN);
  }
}
