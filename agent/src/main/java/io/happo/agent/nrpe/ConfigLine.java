package io.happo.agent.nrpe;

/**
 * A line of nrpe.cfg that says something.
 *
 * @param file the file it stands in
 * @param number its number there, from 1
 * @param name what stands before the first {@code =}; blanks behind it belong to it
 * @param value what stands behind, to the last character that is no blank; never empty
 */
record ConfigLine(String file, int number, String name, String value) {}
