package io.happo.core.nrpe;

/**
 * What a query may hold.
 *
 * @param arguments whether it may bring arguments ({@code dont_blame_nrpe})
 * @param substitution whether {@code $(} may stand in an argument ({@code
 *     allow_bash_command_substitution}): then whoever may ask may run anything
 * @param forbidden what may stand nowhere in it
 */
public record QueryRules(boolean arguments, boolean substitution, ForbiddenCharacters forbidden) {
  /** What holds where the configuration says nothing. */
  public static final QueryRules DEFAULT =
      new QueryRules(false, false, ForbiddenCharacters.DEFAULT);
}
