package io.happo.e2e;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives the tests of a class their browser. Skips or fails each of them, before anything is started
 * for it, when there is no Chromium; keeps the pages of a test that failed; ends with the class.
 */
final class Browsing
    implements BeforeEachCallback,
        TestExecutionExceptionHandler,
        AfterEachCallback,
        AfterAllCallback {
  private @Nullable Browser browser;

  /** The browser that looks at the hub of that address, the same each time. */
  Browser at(String url) {
    var running = browser;
    if (running == null || !running.url().equals(url)) {
      close();
      running = Browser.start(url);
      browser = running;
    }
    return running;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Peer.CHROMIUM.need();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (browser != null) {
      browser.keep(context.getDisplayName());
    }
    throw failure;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (browser != null) {
      browser.closePages();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  private void close() {
    if (browser != null) {
      browser.close();
      browser = null;
    }
  }
}
