package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.checks.FakeHttp;
import io.happo.agent.checks.TestCertificates;
import io.happo.net.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What check_http does that its plugin does not; the rest is in HttpParityTest. */
@Timeout(60)
class CheckHttpTest {
  @TempDir Path folder;
  private FakeHttp server;
  private Asked asked;

  @BeforeEach
  void begin() throws IOException {
    server = new FakeHttp(null);
    server.knows(server);
    asked = new Asked(folder);
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private String says(String options) {
    return asked.says("check_http -H 127.0.0.1 -p " + server.port() + " " + options);
  }

  @Test
  void page_is_whole_when_its_length_says_so_though_the_server_stays() {
    assertThat(says("-u /open -s hello -t 1")).startsWith("0: HTTP OK: HTTP/1.1 200 OK - ");
    assertThat(says("-u / -j HEAD -N")).startsWith("0: HTTP OK");
  }

  @Test
  void interim_answer_is_passed_over() {
    assertThat(says("-u /100 -s hello")).startsWith("2: HTTP CRITICAL: HTTP/1.1 500 Oh - ");
  }

  @Test
  void page_that_is_too_big_is_told_and_its_head_is_enough() {
    assertThat(says("-u /huge")).startsWith("3: HTTP UNKNOWN - the page has more than 4 MiB; ");
    assertThat(says("-u /huge -N")).startsWith("0: HTTP OK");
  }

  @Test
  void expression_that_runs_away_ends_in_time() {
    assertThat(says("-u /big -l -r '.*.*.*.*.*x' -t 1:WARNING"))
        .startsWith("1: WARNING - Socket timeout after 1 seconds");
  }

  @Test
  void bars_of_the_server_do_not_begin_performance_data() {
    assertThat(says("-u /pipes")).startsWith("0: HTTP OK: HTTP/1.1 200 O,K =x;' - ");
    assertThat(says("-u /bars -B")).endsWith("\na,b\nc,d");
    assertThat(says("-u /escapes -B")).endsWith("\na [31mb\n\tc");
    assertThat(says("-u /big -B").length()).isBetween(65_536, 66_000);
  }

  @Test
  void credentials_stay_with_the_server_they_are_for() {
    var options = "-f follow -a user:pass -k 'Cookie: a=b' -k 'X-A: b' -k 'Host: x.test' ";
    assertThat(says("-u /r-host " + options + "-B"))
        .contains("X-A: b", "Host: localhost:")
        .doesNotContain("Authorization", "Cookie", "x.test");
    assertThat(says("-u /r-query " + options + "-B"))
        .contains("X-A: b", "Authorization: Basic ", "Cookie: a=b", "Host: x.test");
  }

  @Test
  void credentials_are_not_told_in_plain_text_when_they_were_for_tls() throws Exception {
    try (var secure = new FakeHttp(TestCertificates.server(Identity.selfSigned("a.test")))) {
      secure.knows(server);
      assertThat(
              asked.says(
                  "check_http -S -H 127.0.0.1 -p "
                      + secure.port()
                      + " -u /r-plain -f follow -a user:pass -k 'Cookie: a=b' -k 'X-A: b' -B"))
          .contains("X-A: b")
          .doesNotContain("Authorization", "Cookie");
    }
  }

  @Test
  void servers_without_an_end_wait_for_each_other() throws Exception {
    var answers = new ArrayList<Future<String>>();
    try (var runs = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        answers.add(runs.submit(() -> says("-u /huge -t 60")));
      }
      for (var answer : answers) {
        assertThat(answer.get()).startsWith("3: HTTP UNKNOWN - the page has more than 4 MiB");
      }
    }
  }

  @Test
  void redirect_without_a_scheme_is_followed() {
    assertThat(says("-u /r-scheme -f follow -s 'old text'")).startsWith("0: HTTP OK");
    assertThat(says("-u /r-ftp -f follow"))
        .isEqualTo("3: HTTP UNKNOWN - Could not parse redirect location - ftp://127.0.0.1/x");
  }

  @ParameterizedTest
  @CsvSource({
    "/other, http://one.test:8080/other",
    "beside?a=b, http://one.test:8080/dir/beside?a=b",
    "?a=b#c, http://one.test:8080/dir/page?a=b",
    "//two.test/x, http://two.test:80/x",
    "HTTPS://two.test, https://two.test:443/",
    "https://u:p@two.test:81?q, https://two.test:81/?q",
    "http://[::1]:82/x, http://::1:82/x",
    "/a:b, http://one.test:8080/a:b"
  })
  void redirect_leads_where_a_browser_goes(String location, String url) throws Exception {
    var one = new HttpTarget("one.test", "127.0.0.1", 8080, 8080, false, "/dir/page?q");
    assertThat(one.redirected(location, HttpTarget.Sticks.NOTHING).url()).isEqualTo(url);
    var stuck = one.redirected(location, HttpTarget.Sticks.ADDRESS_AND_PORT);
    assertThat(stuck.address()).isEqualTo("127.0.0.1");
    assertThat(stuck.port()).isEqualTo(8080);
  }

  @Test
  void check_curl_is_the_same() {
    assertThat(asked.says("check_curl -H 127.0.0.1 -p " + server.port() + " -s hello"))
        .startsWith("0: HTTP OK: HTTP/1.1 200 OK - ");
  }

  @Test
  void name_of_a_certificate_is_read_whole() throws Exception {
    try (var secure = new FakeHttp(TestCertificates.server(Identity.selfSigned("a,b+c=\"d|e")))) {
      assertThat(asked.says("check_http -H 127.0.0.1 -p " + secure.port() + " -C 30"))
          .startsWith("0: OK - Certificate 'a,b+c=\"d,e' will expire on ");
    }
  }

  @Test
  void silent_server_times_out_with_the_state_that_was_given() {
    assertThat(says("-u /never -t 0.2:UNKNOWN"))
        .isEqualTo("3: UNKNOWN - Socket timeout after 0.2 seconds");
  }
}
