package io.happo.agent.nrpe;

import io.happo.agent.nrpe.Finding.Severity;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What reading a configuration came to.
 *
 * @param settings there unless one of the findings is an error
 * @param findings all there is to tell, in the order of reading
 */
public record NrpeReading(Optional<NrpeSettings> settings, List<Finding> findings) {
  public NrpeReading {
    findings = List.copyOf(findings);
    boolean failed = findings.stream().anyMatch(f -> f.severity() == Severity.ERROR);
    if (failed == settings.isPresent()) {
      throw new IllegalArgumentException("settings and errors exclude each other");
    }
  }

  /** What to log when these settings are taken into use. */
  public List<Finding> warnings() {
    return findings.stream().filter(f -> f.severity() == Severity.WARNING).toList();
  }

  /**
   * The settings.
   *
   * @throws IOException that tells all errors, each with its file and line, separated by {@code ;}
   */
  public NrpeSettings orThrow() throws IOException {
    if (settings.isPresent()) {
      return settings.get();
    }
    throw new IOException(
        findings.stream()
            .filter(finding -> finding.severity() == Severity.ERROR)
            .map(finding -> finding.place() + ": " + finding.said())
            .collect(Collectors.joining("; ")));
  }
}
