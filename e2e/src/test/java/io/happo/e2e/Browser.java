package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotAnimations;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One Chromium without a screen, of this machine, that looks at one hub and reaches nothing else.
 * Each page has cookies and a store of its own. One thread uses it, as Playwright wants it.
 */
final class Browser implements AutoCloseable {
  static final String PROGRAM = "/usr/bin/chromium";

  private static final Path TARGET = Programs.ROOT.resolve("e2e/target");
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int MAX_PICTURE_BYTES = 150_000;
  private static final String AXE = resource("/axe.min.js");

  private static final String RUN_AXE =
      """
      async () => {
        const found = await axe.run(document, {
          runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']},
          resultTypes: ['violations'],
        });
        return found.violations
          .filter(rule => rule.impact === 'serious' || rule.impact === 'critical')
          .map(rule => [
            `${rule.id} (${rule.impact}): ${rule.help}`,
            ...rule.nodes.map(node =>
              `    ${node.target.join(' ')}: ${node.html}\\n      ${node.failureSummary.replace(/\\s+/g, ' ')}`),
          ].join('\\n'));
      }
      """;

  private static final String WIDER =
      """
      width => {
        const root = document.documentElement;
        if (root.scrollWidth <= Math.min(width, root.clientWidth)) {
          return [];
        }
        const reach = element => element.getBoundingClientRect().right + window.scrollX;
        const wide = [...document.body.querySelectorAll('*')].filter(element => reach(element) > width);
        return [
          `is ${root.scrollWidth} wide where ${width} are to be seen`,
          ...wide.slice(0, 5).map(element => `    ${element.cloneNode().outerHTML} ends at ${reach(element)}`),
        ];
      }
      """;

  private static final String NAMELESS =
      """
      () => {
        axe.setup(document);
        try {
          return [...document.querySelectorAll('button, input, select, textarea, [role=button]')]
            .filter(element => element.type !== 'hidden' && element.checkVisibility())
            .filter(element => axe.commons.text.accessibleText(element).trim() === '')
            .map(element => element.outerHTML);
        } finally {
          axe.teardown();
        }
      }
      """;

  /** As after loading, wherever the page has put the focus. */
  private static final String FOCUS_BEGINNING =
      """
      () => {
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute('tabindex');
      }
      """;

  private static final String IN_MAIN =
      "() => document.activeElement !== null && document.activeElement.closest('main') !== null";

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final String url;
  private final List<Opened> pages = new ArrayList<>();

  private record Opened(Page page, Noise noise) {}

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium, String url) {
    this.playwright = playwright;
    this.chromium = chromium;
    this.url = url;
  }

  /**
   * @param url of the hub, against which paths are understood
   */
  static Browser start(String url) {
    try {
      // Where Playwright unpacks its driver, 130 MB, until this process ends.
      System.setProperty(
          "playwright.driver.tmpdir", Files.createDirectories(TARGET.resolve("driver")).toString());
    } catch (IOException e) {
      throw new AssertionError("cannot make a folder", e);
    }
    var playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    try {
      var options =
          new BrowserType.LaunchOptions()
              .setExecutablePath(Path.of(PROGRAM))
              .setChromiumSandbox(false) // root may not have one
              .setArgs(
                  List.of(
                      "--no-proxy-server",
                      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"));
      return new Browser(playwright, playwright.chromium().launch(options), url);
    } catch (RuntimeException e) {
      playwright.close();
      throw e;
    }
  }

  String url() {
    return url;
  }

  /** A page of somebody whom the hub does not know. */
  Page page(View view) {
    return page(view, "");
  }

  /**
   * @param session as {@link #session} gives it; empty for nobody's
   */
  Page page(View view, String session) {
    var options =
        new com.microsoft.playwright.Browser.NewContextOptions()
            .setBaseURL(url)
            .setIgnoreHTTPSErrors(true)
            .setViewportSize(view.width(), view.height())
            .setIsMobile(view.isPhone())
            .setHasTouch(view.isPhone())
            .setDeviceScaleFactor(view.isPhone() ? 2 : 1)
            .setColorScheme(view.isDark() ? ColorScheme.DARK : ColorScheme.LIGHT)
            .setReducedMotion(ReducedMotion.REDUCE)
            .setTimezoneId("UTC");
    if (!session.isEmpty()) {
      options.setStorageState(session);
    }
    var context = chromium.newContext(options);
    context.setDefaultTimeout(PATIENCE_MILLIS);
    var page = context.newPage();
    pages.add(new Opened(page, Noise.of(page, url)));
    return page;
  }

  /** It gets dark where the browser is, with the page open. */
  void darken(Page page) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    page.locator("html[data-theme=dark]")
        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
  }

  /** The cookies of a page, with which others go on where its user has logged in. */
  static String session(Page page) {
    return page.context().storageState();
  }

  /** No page that is open has said anything it should not. */
  void assertQuiet() {
    for (var opened : pages) {
      opened.page.evaluate("0"); // What it said before has been heard once this is answered.
      assertThat(opened.noise.lines()).as("noise of " + opened.page.url()).isEmpty();
    }
  }

  /** Nothing that keeps people with disabilities out, by the rules A and AA of WCAG 2.1. */
  @SuppressWarnings("unchecked") // the script returns a list of texts
  void axe(Page page) {
    bringAxe(page);
    var found = (List<String>) page.evaluate(RUN_AXE);
    assertThat(found)
        .as("%s breaks rules of WCAG:%n%s", page.url(), String.join("\n", found))
        .isEmpty();
  }

  private static void bringAxe(Page page) {
    if (!Boolean.TRUE.equals(page.evaluate("() => 'axe' in window"))) {
      page.evaluate(AXE);
    }
  }

  /** The page is no wider than what is to be seen of it. */
  @SuppressWarnings("unchecked") // the script returns a list of texts
  void noSideways(Page page) {
    var found = (List<String>) page.evaluate(WIDER, page.viewportSize().width);
    assertThat(found).as("%s %s", page.url(), String.join("\n", found)).isEmpty();
  }

  /** Whatever is pressed, filled in or chosen from has a name for those who do not see it. */
  void allNamed(Page page) {
    bringAxe(page);
    assertThat(page.evaluate(NAMELESS))
        .as("without an accessible name on " + page.url())
        .isEqualTo(List.of());
  }

  /** The first stop of the Tab key leads past everything that each page has. */
  void canSkipToContent(Page page) {
    page.evaluate(FOCUS_BEGINNING);
    page.keyboard().press("Tab");
    assertThat(page.evaluate("() => document.activeElement?.textContent?.trim() ?? ''"))
        .as("first stop of Tab on " + page.url())
        .isEqualTo("Skip to content");
    page.keyboard().press("Enter");
    if (!Boolean.TRUE.equals(page.evaluate(IN_MAIN))) {
      page.keyboard().press("Tab");
    }
    assertThat(page.evaluate(IN_MAIN))
        .as("'Skip to content' leads into <main> on " + page.url())
        .isEqualTo(true);
  }

  /** What is to be seen, in target/screenshots. */
  void screenshot(Page page, String name) {
    write(TARGET.resolve("screenshots").resolve(name + ".png"), picture(page, name));
  }

  /** Likewise, and in docs/images under {@code -Dhappo.screenshots=true}. */
  void docsImage(Page page, String name) {
    var picture = picture(page, name);
    write(TARGET.resolve("screenshots").resolve(name + ".png"), picture);
    if (Boolean.getBoolean("happo.screenshots")) {
      write(Programs.ROOT.resolve("docs/images").resolve(name + ".png"), picture);
    }
  }

  private static byte[] picture(Page page, String name) {
    var options = new Page.ScreenshotOptions().setAnimations(ScreenshotAnimations.DISABLED);
    var picture = Png.small(page.screenshot(options));
    assertThat(picture.length).as("bytes of picture " + name).isLessThan(MAX_PICTURE_BYTES);
    return picture;
  }

  /**
   * Keeps how the pages are, for whoever looks why a test failed: picture, HTML and noise, in
   * target/browser.
   *
   * @param test its name; each page gets a number behind it
   */
  void keep(String test) {
    var name = test.replaceAll("[^A-Za-z0-9-]+", "-").replaceFirst("-$", "");
    for (int n = 0; n < pages.size(); n++) {
      var opened = pages.get(n);
      var file = TARGET.resolve("browser").resolve(name + (n == 0 ? "" : "-" + (n + 1)));
      try {
        write(file.resolveSibling(file.getFileName() + ".png"), opened.page.screenshot());
        var text =
            "<!-- "
                + opened.page.url()
                + "\n"
                + String.join("\n", opened.noise.lines()).replace("--", "- -")
                + "\n-->\n"
                + opened.page.content();
        write(
            file.resolveSibling(file.getFileName() + ".html"),
            text.getBytes(StandardCharsets.UTF_8));
      } catch (RuntimeException e) {
        System.err.println("cannot keep " + file + ": " + e.getMessage());
      }
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new AssertionError("cannot write " + file, e);
    }
  }

  private static String resource(String name) {
    try (var in = Objects.requireNonNull(Browser.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError("cannot read " + name, e);
    }
  }

  /** Closes all pages and forgets what they said; the next test has its own. */
  void closePages() {
    pages.forEach(opened -> opened.page.context().close());
    pages.clear();
  }

  @Override
  public void close() {
    playwright.close();
  }
}
