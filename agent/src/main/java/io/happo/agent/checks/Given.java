package io.happo.agent.checks;

import io.happo.core.AlertRange;
import io.happo.core.Decimal;
import io.happo.core.Nearest;
import io.happo.program.cli.Command;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a built-in check was given, read as GNU getopt_long reads it for a plugin: {@code -w 5},
 * {@code -w5}, {@code --warning=5}, {@code --warning 5}, {@code --warn 5} where only one name
 * begins so, flags in one cluster, {@code --} as the end of options, options after arguments too.
 * The order is kept, since it means something to some.
 */
public final class Given {
  private final Command table;
  private final List<One> options = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();
  private boolean help;

  /**
   * An option in its place.
   *
   * @param name its long name
   * @param value empty for a flag
   */
  public record One(String name, String value) {}

  private Given(Command table) {
    this.table = table;
  }

  /** Reads the words after the name of the check. */
  public static Given parse(Command table, List<String> words) throws UsageException {
    var given = new Given(table);
    boolean ended = false;
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      var next = i + 1 < words.size() ? words.get(i + 1) : null;
      if (ended || word.length() < 2 || word.charAt(0) != '-' || given.isNegative(word)) {
        given.operands.add(word);
      } else if (word.equals("--")) {
        ended = true;
      } else if (word.startsWith("--") ? given.named(word, next) : given.cluster(word, next)) {
        i++;
      }
    }
    return given.help || given.has("version") ? given : given.complete();
  }

  /** A number is no option, but for {@code -4} where there is one. */
  private boolean isNegative(String word) {
    return Character.isDigit(word.charAt(1)) && option(word.charAt(1)) == null;
  }

  private Given complete() throws UsageException {
    var names = table.operand().isEmpty() ? List.<String>of() : List.of(table.operand().split(" "));
    boolean more = !names.isEmpty() && names.getLast().endsWith("...");
    if (operands.size() > names.size() && !more) {
      throw new UsageException("does not take the argument '" + operands.get(names.size()) + "'");
    }
    for (int i = operands.size(); i < names.size(); i++) {
      if (!names.get(i).startsWith("[")) {
        throw new UsageException(names.get(i) + " is missing");
      }
    }
    for (var option : table.options()) {
      if (option.required() && !has(option.name())) {
        throw new UsageException(spelling(option) + " is missing");
      }
    }
    return this;
  }

  /** Reads {@code --name}; whether the next word was its value. */
  private boolean named(String word, @Nullable String next) throws UsageException {
    int equals = word.indexOf('=');
    var name = word.substring(2, equals < 0 ? word.length() : equals);
    if (name.equals("help")) {
      help = true;
      return false;
    }
    var option = option(name);
    if (option.isFlag()) {
      if (equals >= 0) {
        throw new UsageException("--" + option.name() + " takes no value");
      }
      options.add(new One(option.name(), ""));
      return false;
    }
    boolean isLeftOut = equals < 0 && mayBeLeftOut(option);
    add(option, isLeftOut ? "" : equals < 0 ? next : word.substring(equals + 1));
    return equals < 0 && !isLeftOut;
  }

  private Option option(String name) throws UsageException {
    var begin = new ArrayList<Option>();
    var names = new ArrayList<String>();
    for (var option : table.options()) {
      if (option.name().equals(name)) {
        return option;
      }
      if (option.name().startsWith(name)) {
        begin.add(option);
      }
      names.add(option.name());
    }
    if (begin.size() == 1) {
      return begin.getFirst();
    }
    throw new UsageException(
        begin.isEmpty()
            ? "has no option --" + name + Nearest.suggestion(name, names)
            : "--" + name + " may be --" + begin.get(0).name() + " or --" + begin.get(1).name());
  }

  /** Reads {@code -xyz}; whether the next word was the value of the last. */
  private boolean cluster(String word, @Nullable String next) throws UsageException {
    for (int i = 1; i < word.length(); i++) {
      char key = word.charAt(i);
      if (key == 'h' && option(key) == null) {
        help = true;
        return false;
      }
      var option = option(key);
      if (option == null) {
        throw new UsageException("has no option -" + key);
      }
      if (!option.isFlag()) {
        boolean last = i + 1 == word.length() && !mayBeLeftOut(option);
        add(option, last ? next : word.substring(i + 1));
        return last;
      }
      options.add(new One(option.name(), ""));
    }
    return false;
  }

  private static boolean mayBeLeftOut(Option option) {
    return option.type() instanceof Type.Text text && text.mayBeLeftOut();
  }

  private @Nullable Option option(char key) {
    for (var option : table.options()) {
      if (option.key() == key) {
        return option;
      }
    }
    return null;
  }

  private void add(Option option, @Nullable String value) throws UsageException {
    boolean isAccepted = value != null && option.type().accepts(value);
    if (value == null || (!isAccepted && option.limits().isEmpty())) { // A file without a name.
      throw new UsageException(spelling(option) + " needs a value: " + option.placeholder());
    }
    if (!isAccepted) {
      throw new UsageException(
          spelling(option) + " is to be " + option.limits() + ", and not '" + value + "'");
    }
    options.add(new One(option.name(), value));
  }

  private static String spelling(Option option) {
    return option.key() == Option.NO_KEY
        ? "--" + option.name()
        : "-" + option.key() + " (--" + option.name() + ")";
  }

  /** Whether only help is wanted; then, as for the version, nothing else is known to be right. */
  boolean asksForHelp() {
    return help;
  }

  /** All that were given, in their order. */
  public List<One> inOrder() {
    return options;
  }

  /** What was given beside options. */
  public List<String> operands() {
    return operands;
  }

  /** Whether it was given. */
  public boolean has(String name) {
    return count(name) > 0;
  }

  /** How often it was given. */
  public int count(String name) {
    int count = 0;
    for (var one : options) {
      count += one.name().equals(name) ? 1 : 0;
    }
    return count;
  }

  /** All values given for an option, in their order. */
  public List<String> all(String name) {
    return options.stream().filter(one -> one.name().equals(name)).map(One::value).toList();
  }

  /** The last value given; else the default of the table; else empty. */
  public Optional<String> find(String name) {
    for (int i = options.size() - 1; i >= 0; i--) {
      if (options.get(i).name().equals(name)) {
        return Optional.of(options.get(i).value());
      }
    }
    return declared(name).defaultValue().isEmpty()
        ? Optional.empty()
        : Optional.of(declared(name).defaultValue());
  }

  /** As {@link #find}, of an option that has a default or must be given. */
  public String text(String name) {
    return find(name).orElseThrow(() -> new IllegalStateException(name + " has no default"));
  }

  /** The value as a number, which is as of {@link #text}. */
  public double number(String name) throws UsageException {
    return number(declared(name), text(name));
  }

  /** The value as a number; empty when there is none. */
  public Optional<Double> findNumber(String name) throws UsageException {
    var text = find(name);
    return text.isEmpty() ? Optional.empty() : Optional.of(number(declared(name), text.get()));
  }

  /** The value as a whole number; the option's type says that it is one. */
  public int whole(String name) {
    return Integer.parseInt(text(name));
  }

  /** The value as a range of Nagios; empty when it was not given. */
  public Optional<AlertRange> range(String name) throws UsageException {
    var text = find(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var range = AlertRange.parse(text.get());
    if (range.isEmpty()) {
      throw new UsageException(
          spelling(declared(name))
              + ": '"
              + text.get()
              + "' is no range; write 10, 10:, ~:10, 10:20 or @10:20");
    }
    return range;
  }

  private static double number(Option option, String text) throws UsageException {
    double number = Decimal.read(text);
    if (!Double.isFinite(number)) {
      throw new UsageException(spelling(option) + ": '" + text + "' is no number");
    }
    return number;
  }

  private Option declared(String name) {
    for (var option : table.options()) {
      if (option.name().equals(name)) {
        return option;
      }
    }
    throw new IllegalStateException(table.name() + " has no option " + name);
  }
}
