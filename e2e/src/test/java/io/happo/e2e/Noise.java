package io.happo.e2e;

import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one page says that nobody wants to hear: errors on its console (what its content security
 * policy forbids is among them), exceptions, requests that failed or went elsewhere.
 */
final class Noise {
  /** On the console; where names an address. */
  private record Said(String text, String where) {}

  private static final String FAILED = "Failed to load resource";

  private final String url;
  private final List<Said> said = new ArrayList<>();
  private final Set<String> refused = new HashSet<>();

  private Noise(String url) {
    this.url = url;
  }

  /**
   * @param url of the one server that the page may ask
   */
  static Noise of(Page page, String url) {
    var noise = new Noise(url);
    page.onConsoleMessage(noise::console);
    page.onPageError(error -> noise.said.add(new Said("exception: " + error, page.url())));
    page.onRequest(noise::request);
    page.onRequestFailed(noise::failed);
    page.onResponse(noise::response);
    return noise;
  }

  private void console(ConsoleMessage message) {
    if (message.type().equals("error")) {
      said.add(new Said(message.text(), message.location()));
    }
  }

  private void request(Request request) {
    if (request.url().matches("(https?|wss?):.*") && !isOwn(request.url())) {
      said.add(new Said("asks another server than the hub", request.url()));
    }
  }

  private boolean isOwn(String address) {
    return address.startsWith(url + "/") || address.startsWith(url.replace("https:", "wss:") + "/");
  }

  private void failed(Request request) {
    // Who goes to another page gives up what the last one still waited for.
    if (!"net::ERR_ABORTED".equals(request.failure())) {
      said.add(new Said("request failed: " + request.failure(), request.url()));
    }
  }

  private void response(Response response) {
    if (response.status() >= 400 && response.request().isNavigationRequest()) {
      refused.add(response.url());
    }
  }

  /**
   * All of it, a line each. That a page itself was answered with 404 and the like is no noise: who
   * asked for it looks at that.
   */
  List<String> lines() {
    return said.stream()
        .filter(
            one ->
                !one.text.startsWith(FAILED) || refused.stream().noneMatch(one.where::startsWith))
        .map(one -> one.text + " (" + one.where + ")")
        .toList();
  }
}
