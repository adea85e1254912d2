package io.happo.hub.web;

/**
 * A page that is to be drawn.
 *
 * @param template name of the file in {@code jte/}, without its ending
 * @param active which entry of the navigation it belongs to
 * @param model the template's {@code page}
 */
record View(int status, String template, String active, String title, Object model) {
  static View of(String template, String active, String title, Object model) {
    return new View(200, template, active, title, model);
  }
}
