package io.happo.agent.nrpe;

/**
 * One directive of nrpe.cfg: a row of the table that the reader and the reference page share.
 *
 * @param name what stands before the {@code =}
 * @param handling what becomes of it here
 * @param values what may stand behind the {@code =}
 * @param absent what counts when there is no such line
 * @param doc what it does, and which values are refused; sentences
 * @param reader takes a line into the draft
 */
record Directive(
    String name, Handling handling, String values, String absent, String doc, Reader reader) {
  /** What becomes of a directive. */
  enum Handling {
    HONOURED("as NRPE"),
    OTHERWISE("accepted, with another meaning");

    private final String words;

    Handling(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** Takes a line into a draft. */
  interface Reader {
    void read(Draft draft, ConfigLine line) throws BadLineException;
  }

  static Directive honoured(String name, String values, String absent, String doc, Reader reader) {
    return new Directive(name, Handling.HONOURED, values, absent, doc, reader);
  }

  static Directive otherwise(String name, String values, String absent, String doc, Reader reader) {
    return new Directive(name, Handling.OTHERWISE, values, absent, doc, reader);
  }
}
