package io.happo.hub.yaml;

/** A text that is not the YAML that a plan can be made of: its name, the line, and what to do. */
public final class BadYamlException extends Exception {
  BadYamlException(String message) {
    super(message);
  }
}
