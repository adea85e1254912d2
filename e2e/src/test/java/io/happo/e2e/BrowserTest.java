package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the browser finds on pages, by pages made for it: nobody listens at their address. */
@Timeout(120)
final class BrowserTest {
  private static final String GOOD =
      """
      <!doctype html>
      <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Good · Happo</title>
        <link rel="icon" href="data:,">
      </head>
      <body>
        <a href="#main">Skip to content</a>
        <nav><a href="/other">Other</a></nav>
        <main id="main" tabindex="-1"><h1>Good</h1>%s</main>
      </body>
      </html>
      """;

  @RegisterExtension static final Browsing BROWSING = new Browsing();

  private Browser browser;

  @BeforeEach
  void start() {
    browser = BROWSING.at("https://127.0.0.1:9");
  }

  /** The good page with that in it. */
  private Page page(View view, String more) {
    return page(view, 200, GOOD.formatted(more));
  }

  private Page page(View view, int status, String html) {
    var page = browser.page(view);
    page.route(
        "**/*",
        route -> {
          if (route.request().isNavigationRequest()) {
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(status)
                    .setContentType("text/html; charset=utf-8")
                    .setHeaders(
                        Map.of(
                            "Content-Security-Policy", "default-src 'self'; img-src 'self' data:"))
                    .setBody(html));
          } else if (route.request().url().endsWith(".gone")) {
            route.fulfill(new Route.FulfillOptions().setStatus(404));
          } else {
            route.abort("connectionrefused");
          }
        });
    page.navigate("/");
    return page;
  }

  @ParameterizedTest
  @EnumSource
  void a_good_page_passes(View view) {
    var page = page(view, "<label>Name <input></label><button>Save</button>");
    browser.axe(page);
    browser.noSideways(page);
    browser.allNamed(page);
    browser.canSkipToContent(page);
    browser.screenshot(page, "good-" + view);
    browser.assertQuiet();
    assertThat(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
        .isEqualTo(view.isDark());
    assertThat(page.evaluate("matchMedia('(pointer: coarse)').matches")).isEqualTo(view.isPhone());
  }

  static Stream<Arguments> noises() {
    return Stream.of(
        Arguments.of("<script>var x = 1</script>", "Content Security Policy"),
        Arguments.of("<p style='color: red'>x</p>", "Content Security Policy"),
        Arguments.of("<img alt='' src='/dead.png'>", "/dead.png"),
        Arguments.of("<img alt='' src='/img.gone'>", "404"),
        Arguments.of("<img alt='' src='https://cdn.example/x.png'>", "cdn.example"));
  }

  @ParameterizedTest
  @MethodSource("noises")
  void noise_of_a_page_is_heard(String html, String heard) {
    page(View.DESKTOP_LIGHT, html);
    assertThatThrownBy(browser::assertQuiet).hasMessageContaining(heard);
  }

  @Test
  void what_a_script_throws_or_complains_of_is_heard() {
    var page = page(View.DESKTOP_LIGHT, "");
    page.evaluate("() => { setTimeout(() => { throw new Error('thrown') }) }");
    page.evaluate("console.error('complained of')");
    page.waitForFunction("() => new Promise(done => setTimeout(() => done(true)))");
    assertThatThrownBy(browser::assertQuiet)
        .hasMessageContaining("thrown")
        .hasMessageContaining("complained of");
  }

  @Test
  void a_page_that_is_itself_answered_with_404_is_quiet() {
    page(View.DESKTOP_LIGHT, 404, GOOD.formatted(""));
    browser.assertQuiet();
  }

  private static void assertFound(ThrowingCallable check, String... named) {
    var found = assertThatThrownBy(check).isInstanceOf(AssertionError.class);
    Stream.of(named).forEach(found::hasMessageContaining);
  }

  @Test
  void faults_of_a_page_are_found_and_named() {
    var pale = "<font color='#bbbbbb' id='pale'>hard to read</font>";
    assertFound(
        () -> browser.axe(page(View.DESKTOP_LIGHT, pale)), "color-contrast (serious)", "#pale");
    assertFound(
        () -> browser.axe(page(View.PHONE_DARK, "<img src='data:,' id='what'>")),
        "image-alt (critical)",
        "#what");
    var wide = "<table width='500' id='wide'><tr><td>x</table>";
    browser.noSideways(page(View.DESKTOP_LIGHT, wide));
    assertFound(
        () -> browser.noSideways(page(View.PHONE_LIGHT, wide)), "where 390 are to be seen", "wide");
    assertFound(
        () -> browser.allNamed(page(View.DESKTOP_LIGHT, "<button id='mute'></button>")), "mute");
    assertFound(
        () -> browser.allNamed(page(View.DESKTOP_LIGHT, "<select id='mute'></select>")), "mute");
    assertFound(
        () ->
            browser.canSkipToContent(
                page(View.DESKTOP_LIGHT, 200, GOOD.formatted("").replace("Skip to content", ""))),
        "first stop of Tab");
    assertFound(
        () ->
            browser.canSkipToContent(
                page(View.DESKTOP_LIGHT, 200, GOOD.formatted("").replace("#main", "#other"))),
        "leads into <main>");
  }

  @Test
  void a_picture_of_many_colours_becomes_one_of_few() throws IOException {
    var page = page(View.PHONE_LIGHT, "");
    page.evaluate(
        """
        () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('html { background: linear-gradient(45deg, red, yellow, blue) }');
          document.adoptedStyleSheets = [sheet];
        }
        """);
    var small = Png.small(page.screenshot());
    var image = ImageIO.read(new ByteArrayInputStream(small));
    assertThat(image.getWidth()).isEqualTo(780);
    assertThat(Arrays.stream(image.getRGB(0, 0, 780, 1688, null, 0, 780)).distinct().count())
        .isBetween(50L, 256L);
  }
}
