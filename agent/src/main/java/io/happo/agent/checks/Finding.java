package io.happo.agent.checks;

/**
 * What a check found.
 *
 * @param output as a plugin writes it: lines, with performance data behind a {@code |}; without the
 *     line feed at its end
 */
public record Finding(Status status, String output) {}
