package io.happo.e2e;

import java.util.Locale;

/** How a page is looked at. */
enum View {
  DESKTOP_LIGHT,
  DESKTOP_DARK,
  PHONE_LIGHT,
  PHONE_DARK;

  boolean isPhone() {
    return this == PHONE_LIGHT || this == PHONE_DARK;
  }

  boolean isDark() {
    return this == DESKTOP_DARK || this == PHONE_DARK;
  }

  /** The same in the dark. */
  View dark() {
    return isPhone() ? PHONE_DARK : DESKTOP_DARK;
  }

  /** In pixels of CSS. */
  int width() {
    return isPhone() ? 390 : 1280;
  }

  int height() {
    return isPhone() ? 844 : 800;
  }

  /** As names of files have it: {@code phone-dark}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
