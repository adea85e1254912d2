package io.happo.aws;

import io.happo.core.JsonWriter;
import io.happo.program.cli.Console;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import java.io.IOException;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** The program {@code happo-aws}. */
public final class HappoAws {
  private HappoAws() {}

  /** Runs it and ends the process: 0 answered, 1 failed, 2 not understood. */
  public static void main(String[] words) {
    var parsed = Parser.parse(AwsTable.PROGRAM, words, System.getenv());
    System.exit(run(parsed, System.getenv(), new Console(System.in, System.out, System.err)));
  }

  static int run(Parsed parsed, Map<String, String> environment, Console console) {
    return switch (parsed) {
      case Parsed.Print print -> console.show(print);
      case Parsed.Misuse misuse -> console.show(misuse);
      case Parsed.Run run -> ask(run, environment, console);
    };
  }

  private static int ask(Parsed.Run run, Map<String, String> environment, Console console) {
    try (var aws = new Aws(environment)) {
      var operands = run.arguments().operands();
      JsonWriter answer =
          switch (run.command().name()) {
            case "instances" -> aws.instances(operands);
            case "self" -> aws.self();
            case "parameters" -> aws.parameters(operands.getFirst());
            default -> throw new IllegalArgumentException(run.command().name());
          };
      console.say(answer + "\n");
      return 0;
    } catch (SdkException | IOException e) {
      console.complain(why(e) + "\n");
      return 1;
    } catch (RuntimeException e) {
      console.complain("it failed: " + String.valueOf(e).lines().findFirst().orElse("") + "\n");
      return 1;
    }
  }

  /** One line: AWS's code and words, else what kept them from being asked. */
  private static String why(Exception e) {
    if (e instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
      var details = refused.awsErrorDetails();
      return "AWS answered "
          + refused.statusCode()
          + " "
          + details.errorCode()
          + ": "
          + details.errorMessage();
    }
    var message = String.valueOf(e.getMessage());
    if (message.startsWith("Unable to load credentials from any")) {
      return "no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, write"
          + " ~/.aws/credentials, or give this instance a role";
    }
    var cause = e.getCause();
    if (cause != null && cause.getMessage() != null && !message.contains(cause.getMessage())) {
      message += ": " + cause.getMessage();
    }
    return message.lines().findFirst().orElse("");
  }
}
