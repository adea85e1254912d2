package io.happo.core.plan;

import io.happo.core.Sha256;

/**
 * A plan with the text it was read from. The text counts: one of a later version may hold more than
 * this one reads, and has its own hash.
 *
 * @param hash SHA-256 of the text's UTF-8
 */
public record PlanDocument(Plan plan, String text, String hash) {
  /** The plan as this version writes it. */
  public static PlanDocument of(Plan plan) {
    return of(plan, plan.toJson());
  }

  /**
   * Reads a document. Members that nobody here knows are passed over.
   *
   * @throws BadPlanException with all problems
   */
  public static PlanDocument read(String text) throws BadPlanException {
    return of(PlanReader.read(text), text);
  }

  private static PlanDocument of(Plan plan, String text) {
    return new PlanDocument(plan, text, Sha256.of(text));
  }
}
