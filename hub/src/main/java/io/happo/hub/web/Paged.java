package io.happo.hub.web;

/**
 * Which part of a long list is shown.
 *
 * @param page 1, 2 …
 * @param more whether there is another one
 */
record Paged(int page, boolean more) {
  boolean isOne() {
    return page == 1 && !more;
  }
}
