package io.happo.e2e;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;

/**
 * The hub's pages as people use them: by what is written on them. The one place that knows their
 * words.
 */
final class HubPages {
  private static final Pattern TOKEN = Pattern.compile("happo1\\.[^\\s'\"]+");

  private final Page page;

  HubPages(Page page) {
    this.page = page;
  }

  private Locator main() {
    return page.getByRole(AriaRole.MAIN);
  }

  private Locator field(String label) {
    return main().getByLabel(label, new Locator.GetByLabelOptions().setExact(true));
  }

  private Locator choice(String label) {
    return main().getByRole(AriaRole.COMBOBOX, named(label));
  }

  private void press(String button) {
    main().getByRole(AriaRole.BUTTON, named(button)).click();
  }

  private static Locator.GetByRoleOptions named(String name) {
    return new Locator.GetByRoleOptions().setName(name).setExact(true);
  }

  /** The row of a table that holds these words. */
  private Locator row(String... words) {
    var row = main().getByRole(AriaRole.ROW);
    for (var word : words) {
      row = row.filter(new Locator.FilterOptions().setHasText(word));
    }
    return row;
  }

  Page page() {
    return page;
  }

  void logIn(String user, String password) {
    page.navigate("/login");
    field("User").fill(user);
    field("Password").fill(password);
    press("Log in");
    page.waitForURL("**/");
  }

  /** Has the page make a line for joining; its token. */
  String joinToken() {
    page.navigate("/join");
    field("Let them in at once, without asking here").check();
    press("Make the line");
    var line = field("The line");
    line.waitFor();
    var token = TOKEN.matcher(line.innerText());
    if (!token.find()) {
      throw new AssertionError("no token in " + line.innerText());
    }
    return token.group();
  }

  /** Those who came while the page for joining is open. */
  Locator newcomers() {
    return page.locator("#came");
  }

  /** Marks the page, so that {@link #isSamePage} tells whether it has been loaded anew since. */
  void mark() {
    page.evaluate("() => { window.marked = true }");
  }

  boolean isSamePage() {
    return Boolean.TRUE.equals(page.evaluate("() => window.marked === true"));
  }

  /** Begins a new check of a script, with what is typed into the editor. */
  void newCheck(String name, String script) {
    page.navigate("/plan/new");
    field("Name").fill(name);
    write(script);
    field("Every").fill("1s");
    field("Tried again after").fill("1s");
    field("Tries until certain").fill("2");
  }

  /** What is in the editor from now on. */
  void write(String script) {
    page.locator(".ace_editor").first().waitFor();
    page.evaluate(
        "text => window.ace.edit(document.querySelector('.ace_editor')).setValue(text, -1)",
        script);
  }

  /** Runs what is in the editor on that agent. */
  void tryOn(String agent) {
    choice("Agent").selectOption(agent);
    press("Run");
  }

  /** What the run has written so far. */
  Locator output() {
    return main().getByRole(AriaRole.LOG);
  }

  void fill(String label, String text) {
    field(label).fill(text);
  }

  void save() {
    press("Save");
  }

  /** Changes one field of a form, and saves it. */
  void change(String path, String label, String text) {
    page.navigate(path);
    fill(label, text);
    save();
    page.waitForURL(url -> !url.endsWith(path));
  }

  void saveCheck() {
    save();
    page.waitForURL(Pattern.compile("/plan(/checks/.*)?$"));
  }

  /** Makes a channel by mail, without encryption. */
  void mailChannel(String name, String to, String server, String user, String password) {
    page.navigate("/alerts/channels");
    field("Name").fill(name);
    choice("Kind").selectOption("mail");
    field("to").fill(to);
    field("server").fill(server);
    choice("security").selectOption("none");
    field("user").fill(user);
    field("password").fill(password);
    press("Save");
    row(name).waitFor();
  }

  /** Sends a trial by that channel. */
  void tryChannel(String name) {
    row(name).getByRole(AriaRole.BUTTON, named("Test " + name)).click();
  }

  void overview() {
    page.navigate("/");
  }

  /** What is in trouble, on the overview. */
  Locator trouble(String agent, String check) {
    return row(agent, check);
  }

  /** Goes to the page of a check by the link on this one. */
  void openCheck(String agent, String check) {
    row(agent, check).getByRole(AriaRole.LINK, named(check)).click();
    page.waitForURL("**/agents/*/checks/" + check);
  }

  /** How the check is, on its page. */
  Locator status() {
    return main().getByRole(AriaRole.STATUS).first();
  }

  /** Has nobody told of this check until it is well. */
  void silenceUntilWell(String comment) {
    press("Silence");
    choice("For").selectOption("until-well");
    field("Why").fill(comment);
    press("Silence it");
  }

  /** A graph of a dashboard, in sight. */
  Locator graph(String title) {
    var heading =
        page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(title).setExact(true));
    var graph = main().locator("figure").filter(new Locator.FilterOptions().setHas(heading));
    graph.scrollIntoViewIfNeeded();
    return graph;
  }

  /** What a graph shows as a table, opened by keyboard. */
  Locator inNumbers(Locator graph) {
    graph.getByText("In numbers").press("Enter");
    return graph.getByRole(AriaRole.TABLE);
  }

  /** What is picked at the top of a dashboard. */
  Locator picked(String choice) {
    return field(choice);
  }

  Locator heading() {
    return main().getByRole(AriaRole.HEADING, new Locator.GetByRoleOptions().setLevel(1));
  }

  Locator text(String text) {
    return main().getByText(text).first();
  }
}
