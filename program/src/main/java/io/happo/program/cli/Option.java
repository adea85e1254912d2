package io.happo.program.cli;

/**
 * One option of a command: a row of the table.
 *
 * @param name the long name without its dashes
 * @param key the one-letter name, {@link #NO_KEY} for none
 * @param environment the variable that gives the value when the command line does not; empty for
 *     none
 * @param type what a value must look like
 * @param defaultValue the value when nothing else gives one; empty for none
 * @param unit what a number counts ({@code seconds}); empty when it needs none
 * @param placeholder what stands for the value in help; empty for a flag
 * @param doc one or two sentences for people
 * @param repeatable whether several occurrences add up; otherwise the last one wins
 * @param required whether the command cannot be parsed without it
 */
public record Option(
    String name,
    char key,
    String environment,
    Type type,
    String defaultValue,
    String unit,
    String placeholder,
    String doc,
    boolean repeatable,
    boolean required) {
  public static final char NO_KEY = 0;

  public Option {
    if (name.isEmpty() || doc.isEmpty()) {
      throw new IllegalArgumentException("an option needs a name and a doc");
    }
    if (placeholder.isEmpty() != (type instanceof Type.Flag)) {
      throw new IllegalArgumentException(
          name + ": a flag has no placeholder, anything else has one");
    }
    if (!defaultValue.isEmpty() && !type.accepts(defaultValue)) {
      throw new IllegalArgumentException(
          name + ": the default " + defaultValue + " is not of its type");
    }
  }

  public static Option of(String name, Type type, String placeholder, String doc) {
    return new Option(name, NO_KEY, "", type, "", "", placeholder, doc, false, false);
  }

  public static Option flag(String name, String doc) {
    return of(name, Type.FLAG, "", doc);
  }

  public Option withKey(char letter) {
    return new Option(
        name,
        letter,
        environment,
        type,
        defaultValue,
        unit,
        placeholder,
        doc,
        repeatable,
        required);
  }

  public Option from(String variable) {
    return new Option(
        name, key, variable, type, defaultValue, unit, placeholder, doc, repeatable, required);
  }

  public Option byDefault(String value) {
    return new Option(
        name, key, environment, type, value, unit, placeholder, doc, repeatable, required);
  }

  public Option in(String units) {
    return new Option(
        name, key, environment, type, defaultValue, units, placeholder, doc, repeatable, required);
  }

  public Option thatRepeats() {
    return new Option(
        name, key, environment, type, defaultValue, unit, placeholder, doc, true, required);
  }

  public Option thatMustBeGiven() {
    return new Option(
        name, key, environment, type, defaultValue, unit, placeholder, doc, repeatable, true);
  }

  public boolean isFlag() {
    return type instanceof Type.Flag;
  }

  /**
   * What help tells of the value beside its placeholder: {@code a whole number from 1 to 9,
   * seconds}.
   */
  public String limits() {
    if (isFlag() || type instanceof Type.FilePath) {
      return "";
    }
    return unit.isEmpty() ? type.expected() : type.expected() + ", " + unit;
  }
}
