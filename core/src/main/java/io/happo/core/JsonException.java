package io.happo.core;

/** Text that is not JSON, or JSON that is not what was asked for. The message names the place. */
public class JsonException extends Exception {
  public JsonException(String message) {
    super(message);
  }
}
